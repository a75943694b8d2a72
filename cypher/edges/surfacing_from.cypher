// What the insight came out of.
// edge: Surfacing.from
// to: Story, Contribution
// link: fromId
// parameters: audiences
// result: one
MATCH (source)-[:FROM]->(node:Story|Contribution)
WHERE visible(node)
