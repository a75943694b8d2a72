// Who opens it.
// edge: Grant.by
// to: Person
// link: byId
// parameters: audiences
// result: one
MATCH (source)-[:BY]->(node:Person)
WHERE visible(node)
