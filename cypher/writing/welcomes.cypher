// Of these communities, whether a person founded each, whether they facilitate it or look after it now, and whether an
// invitation that they accepted lets them in: it does so once, for a membership recorded after it.
// parameters: person, communities
// result: rows
UNWIND $communities AS community
RETURN
  community,
  EXISTS { MATCH (place:Item {id: community}) WHERE place.author = $person } AS founded,
  EXISTS {
    MATCH (held:Membership)
    WHERE held.person = $person AND held.at IS NOT NULL AND held.id IS NOT NULL
      AND held.community = community AND held.role IN ['facilitator', 'steward']
      AND held.since <= datetime() AND (held.until IS NULL OR held.until > datetime())
  } AS tends,
  EXISTS {
    MATCH (invitation:Invitation)
    WHERE invitation.to = $person AND invitation.at IS NOT NULL AND invitation.id IS NOT NULL
      AND invitation.community = community AND invitation.answer = 'accepted'
      AND NOT EXISTS {
        MATCH (held:Membership)
        WHERE held.person = $person AND held.at IS NOT NULL AND held.id IS NOT NULL
          AND held.community = community AND held.createdAt >= invitation.createdAt
      }
  } AS invited
