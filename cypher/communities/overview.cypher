// The declared communities with their purposes, the stage that each has reached and its members at a moment, as far as
// one may see; $shown of the members by name.
// parameters: at, audiences, shown
// result: rows
MATCH (community:Community)
WHERE visible(community) AND community.at IS NOT NULL AND community.id IS NOT NULL
CALL (community) {
  OPTIONAL MATCH (community)-[:PURSUES]->(purpose:Purpose)
  WHERE visible(purpose)
  WITH purpose ORDER BY purpose.name, purpose.id
  RETURN collect(purpose.name) AS purposes
}
CALL (community) {
  OPTIONAL MATCH (community)-[:REACHED]->(reached:StageChange)
  WHERE visible(reached) AND reached.at <= $at
  WITH reached ORDER BY reached.at DESC, reached.id DESC LIMIT 1
  RETURN reached.stage AS stage, reached.at.epochMillis AS stageAt
}
CALL (community) {
  OPTIONAL MATCH (membership:Membership)<-[:HAS]-(person:Person)
  WHERE membership.community = community.id AND visible(membership) AND membership.at IS NOT NULL
    AND membership.id IS NOT NULL AND membership.since <= $at AND coalesce(membership.until > $at, true)
    AND visible(person)
  WITH DISTINCT person ORDER BY person.name, person.id
  RETURN collect(person.id) AS people, collect(person.name) AS names
}
RETURN community.id AS id, community.name AS name, purposes, stage, stageAt, size(people) AS size,
       people[..$shown] AS people, names[..$shown] AS names
ORDER BY size DESC, name, id
