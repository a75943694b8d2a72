// What it answers.
// edge: Contribution.repliesTo
// to: Contribution, Story
// link: repliesToId
// parameters: audiences
// result: one
MATCH (source)-[:REPLIES_TO]->(node:Contribution|Story)
WHERE visible(node)
