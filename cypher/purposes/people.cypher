// Who shares which of these purposes at a moment, as far as the audience may know: who holds it (with an empty string),
// and who belongs to a community that pursues it (with its id). Whoever is not among the people of the audience is nobody
// to it.
// parameters: at, audiences, purposes
// result: one
UNWIND $purposes AS id
MATCH (purpose:Item {id: id})
WHERE visible(purpose)
CALL (purpose) {
  MATCH (holding:Holding)
  WHERE holding.of = purpose.id AND holding.at IS NOT NULL AND holding.id IS NOT NULL AND visible(holding)
    AND holding.since <= $at AND coalesce(holding.until > $at, true)
  RETURN holding.by AS person, '' AS community
  UNION
  MATCH (purpose)<-[:PURSUES]-(pursuing:Community)
  WHERE visible(pursuing)
  MATCH (membership:Membership)
  WHERE membership.community = pursuing.id AND membership.at IS NOT NULL AND membership.id IS NOT NULL
    AND visible(membership) AND membership.since <= $at AND coalesce(membership.until > $at, true)
  RETURN membership.person AS person, pursuing.id AS community
}
RETURN collect(purpose.id) AS purposes, collect(person) AS people, collect(community) AS communities
