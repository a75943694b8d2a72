// What came of it.
// edge: Derivation.made
// to: ExplicitKnowledge, TacitInsight
// link: madeId
// parameters: audiences
// result: one
MATCH (source)-[:MADE]->(node:ExplicitKnowledge|TacitInsight)
WHERE visible(node)
