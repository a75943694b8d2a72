// Who did it.
// edge: Derivation.by
// to: Person
// link: byIds
// parameters: audiences
// result: rows
MATCH (source)-[:BY]->(node:Person)
WHERE visible(node)
