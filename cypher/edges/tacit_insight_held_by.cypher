// Whose memory it is.
// edge: TacitInsight.heldBy
// to: Person
// link: heldById
// parameters: audiences
// result: one
MATCH (source)-[:HELD_BY]->(node:Person)
WHERE visible(node)
