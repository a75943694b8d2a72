// The knowledge that took its place.
// edge: ExplicitKnowledge.supersededBy
// to: ExplicitKnowledge
// parameters: audiences
// result: rows
MATCH (source)<-[:SUPERSEDES]-(node:ExplicitKnowledge)
WHERE visible(node)
