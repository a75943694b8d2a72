// What everybody who ever belonged to a community told or said, as far as the audience may know: by whom, what, when,
// when somebody else first replied (an empty string where nobody has), and whether it replies to something itself.
// parameters: audiences
// result: one
MATCH (membership:Membership)<-[:HAS]-(person:Person)
WHERE visible(membership) AND visible(person) AND membership.at IS NOT NULL AND membership.id IS NOT NULL
WITH DISTINCT person
CALL (person) {
  MATCH (person)-[:TOLD]->(telling:Story)
  RETURN telling, 'Story' AS kind
  UNION ALL
  MATCH (person)-[:MADE]->(telling:Contribution)
  RETURN telling, 'Contribution' AS kind
}
WITH person, telling, kind
WHERE visible(telling) AND telling.at IS NOT NULL
OPTIONAL MATCH (telling)<-[:REPLIES_TO]-(reply:Contribution)
WHERE visible(reply) AND NOT (person)-[:MADE]->(reply)
WITH person, telling, kind, min(reply.at) AS replied,
     EXISTS { MATCH (telling)-[:REPLIES_TO]->(earlier) WHERE visible(earlier) } AS answers
RETURN collect(person.id) AS people, collect(kind) AS kinds, collect(telling.at.epochMillis) AS times,
       collect(CASE WHEN replied IS NULL THEN '' ELSE replied.epochMillis END) AS replies,
       collect(answers) AS answers
