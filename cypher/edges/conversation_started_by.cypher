// The story that the conversation is about.
// edge: Conversation.startedBy
// to: Story
// link: startedById
// parameters: audiences
// result: one
MATCH (source)-[:STARTED_BY]->(node:Story)
WHERE visible(node)
