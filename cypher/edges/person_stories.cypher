// The stories that the person told.
// edge: Person.stories
// to: Story
// parameters: audiences
// result: rows
MATCH (source)-[:TOLD]->(node:Story)
WHERE visible(node)
