// Who belongs to a community (of which the audience knows) at a moment. Whoever is not among the people of the audience
// is nobody to it.
// parameters: at, audiences, community
// result: one
MATCH (membership:Membership)
WHERE membership.community = $community AND visible(membership) AND membership.at IS NOT NULL
  AND membership.id IS NOT NULL AND membership.since <= $at AND coalesce(membership.until > $at, true)
RETURN collect(DISTINCT membership.person) AS people
