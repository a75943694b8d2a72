// The positions that the person holds or held.
// edge: Person.positions
// to: Position
// parameters: audiences
// result: rows
MATCH (source)-[:HAS]->(node:Position)
WHERE visible(node)
