// All explicit knowledge up to a moment that the audience may see: its topics, and what it took the place of.
// parameters: audiences, until
// result: one
MATCH (item:ExplicitKnowledge)
WHERE visible(item) AND item.at <= $until AND item.id IS NOT NULL
CALL (item) {
  OPTIONAL MATCH (item)-[:ABOUT]->(topic:Topic)
  WHERE visible(topic)
  RETURN collect(topic.id) AS topics
}
CALL (item) {
  OPTIONAL MATCH (item)-[:SUPERSEDES]->(before:ExplicitKnowledge)
  WHERE visible(before)
  RETURN collect(before.id) AS replaced
}
RETURN collect(item.id) AS items, collect(topics) AS topics, collect(replaced) AS replaced
