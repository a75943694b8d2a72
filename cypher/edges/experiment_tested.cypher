// The knowledge that was tried out.
// edge: Experiment.tested
// to: ExplicitKnowledge
// link: testedId
// parameters: audiences
// result: one
MATCH (source)-[:TESTED]->(node:ExplicitKnowledge)
WHERE visible(node)
