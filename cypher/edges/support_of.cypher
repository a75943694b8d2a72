// What it was about.
// edge: Support.of
// to: Story, Contribution, Conversation, TacitInsight, ExplicitKnowledge
// link: ofId
// parameters: audiences
// result: one
MATCH (source)-[:OF]->(node:Story|Contribution|Conversation|TacitInsight|ExplicitKnowledge)
WHERE visible(node)
