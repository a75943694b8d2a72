// To whom it opens something.
// edge: Grant.to
// to: Person
// link: toId
// parameters: audiences
// result: one
MATCH (source)-[:TO]->(node:Person)
WHERE visible(node)
