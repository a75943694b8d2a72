// The conversations that are about the topic.
// edge: Topic.conversations
// to: Conversation
// parameters: audiences
// result: rows
MATCH (source)<-[:ABOUT]-(node:Conversation)
WHERE visible(node)
