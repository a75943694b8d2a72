// What somebody shares the purpose of at a moment, as far as the audience may know: the purposes that they hold, and those
// that a community which they belong to pursues.
// parameters: at, audiences, person
// result: one
CALL () {
  MATCH (holding:Holding)
  WHERE holding.by = $person AND holding.at IS NOT NULL AND holding.id IS NOT NULL AND visible(holding)
    AND holding.since <= $at AND coalesce(holding.until > $at, true)
  MATCH (purpose:Item {id: holding.of})
  WHERE purpose:Purpose AND visible(purpose)
  RETURN purpose.id AS id
  UNION
  MATCH (membership:Membership)
  WHERE membership.person = $person AND membership.at IS NOT NULL AND membership.id IS NOT NULL AND visible(membership)
    AND membership.since <= $at AND coalesce(membership.until > $at, true)
  MATCH (membership)-[:IN]->(community:Community)-[:PURSUES]->(purpose:Purpose)
  WHERE visible(community) AND visible(purpose)
  RETURN purpose.id AS id
}
RETURN collect(id) AS purposes
