// Who received it.
// edge: Support.to
// to: Person
// link: toId
// parameters: audiences
// result: one
MATCH (source)-[:TO]->(node:Person)
WHERE visible(node)
