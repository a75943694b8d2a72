// The stories that are about the topic.
// edge: Topic.stories
// to: Story
// parameters: audiences
// result: rows
MATCH (source)<-[:ABOUT]-(node:Story)
WHERE visible(node)
