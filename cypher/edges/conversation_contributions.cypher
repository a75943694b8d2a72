// What was said in the conversation.
// edge: Conversation.contributions
// to: Contribution
// walk: conversation
// parameters: audiences
// result: rows
MATCH (node:Contribution)
WHERE node.conversation = source.id AND visible(node)
