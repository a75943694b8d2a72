// Who tried it.
// edge: Experiment.by
// to: Person
// link: byIds
// parameters: audiences
// result: rows
MATCH (source)-[:BY]->(node:Person)
WHERE visible(node)
