// The insights and knowledge that went in.
// edge: Derivation.used
// to: TacitInsight, ExplicitKnowledge
// link: usedIds
// parameters: audiences
// result: rows
MATCH (source)-[:USED]->(node:TacitInsight|ExplicitKnowledge)
WHERE visible(node)
