// What was answered to it.
// edge: Story.replies, Contribution.replies
// to: Contribution
// parameters: audiences
// result: rows
MATCH (source)<-[:REPLIES_TO]-(node:Contribution)
WHERE visible(node)
