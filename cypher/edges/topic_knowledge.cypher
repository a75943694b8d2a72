// The explicit knowledge that is about the topic.
// edge: Topic.knowledge
// to: ExplicitKnowledge
// parameters: audiences
// result: rows
MATCH (source)<-[:ABOUT]-(node:ExplicitKnowledge)
WHERE visible(node)
