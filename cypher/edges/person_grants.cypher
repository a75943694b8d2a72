// What the person has opened to others, for that person to see.
// edge: Person.grants
// to: Grant
// walk: by
// parameters: audiences
// result: rows
MATCH (node:Grant)
WHERE node.by = source.id AND visible(node)
