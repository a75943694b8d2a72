// What the person saw of the work of others.
// edge: Person.observations
// to: Observation
// walk: by
// parameters: audiences
// result: rows
MATCH (node:Observation)
WHERE node.by = source.id AND visible(node)
