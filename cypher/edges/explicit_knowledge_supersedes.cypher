// The knowledge that it takes the place of.
// edge: ExplicitKnowledge.supersedes
// to: ExplicitKnowledge
// link: supersedesIds
// parameters: audiences
// result: rows
MATCH (source)-[:SUPERSEDES]->(node:ExplicitKnowledge)
WHERE visible(node)
