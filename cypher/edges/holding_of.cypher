// What is held.
// edge: Holding.of
// to: TacitInsight, Value, Purpose
// link: ofId
// parameters: audiences
// result: one
MATCH (source)-[:OF]->(node:TacitInsight|Value|Purpose)
WHERE visible(node)
