// The conversations that the story started.
// edge: Story.conversations
// to: Conversation
// parameters: audiences
// result: rows
MATCH (source)<-[:STARTED_BY]-(node:Conversation)
WHERE visible(node)
