// Whom it is for.
// edge: Feedback.to
// to: Person
// link: toId
// parameters: audiences
// result: one
MATCH (source)-[:TO]->(node:Person)
WHERE visible(node)
