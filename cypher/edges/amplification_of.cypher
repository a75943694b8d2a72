// What was carried.
// edge: Amplification.of
// to: Story, Contribution, TacitInsight, ExplicitKnowledge
// link: ofId
// parameters: audiences
// result: one
MATCH (source)-[:OF]->(node:Story|Contribution|TacitInsight|ExplicitKnowledge)
WHERE visible(node)
