// What the people who ever belonged to a community told or said up to a moment, as far as the audience may know: by whom,
// what, when, when somebody else first replied (an empty string where nobody has), and whether it replies to something
// itself.
// parameters: audiences, community, until
// result: one
MATCH (membership:Membership)<-[:HAS]-(person:Person)
WHERE membership.community = $community AND visible(membership) AND visible(person)
  AND membership.at IS NOT NULL AND membership.id IS NOT NULL
WITH DISTINCT person
CALL (person) {
  MATCH (person)-[:TOLD]->(telling:Story)
  RETURN telling, 'Story' AS kind
  UNION ALL
  MATCH (person)-[:MADE]->(telling:Contribution)
  RETURN telling, 'Contribution' AS kind
}
WITH person, telling, kind
WHERE visible(telling) AND telling.at < $until
OPTIONAL MATCH (telling)<-[:REPLIES_TO]-(reply:Contribution)
WHERE visible(reply) AND reply.at < $until AND NOT (person)-[:MADE]->(reply)
WITH person, telling, kind, min(reply.at) AS replied,
     EXISTS { MATCH (telling)-[:REPLIES_TO]->(earlier) WHERE visible(earlier) } AS answers
ORDER BY telling.at, telling.id
RETURN collect(person.id) AS people, collect(kind) AS kinds, collect(telling.at.epochMillis) AS times,
       collect(CASE WHEN replied IS NULL THEN '' ELSE replied.epochMillis END) AS replies,
       collect(answers) AS answers
