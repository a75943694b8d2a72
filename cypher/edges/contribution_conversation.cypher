// Where it was said.
// edge: Contribution.conversation
// to: Conversation
// link: conversationId
// parameters: audiences
// result: one
MATCH (source)-[:PART_OF]->(node:Conversation)
WHERE visible(node)
