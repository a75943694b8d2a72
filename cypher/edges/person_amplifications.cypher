// What the person carried further.
// edge: Person.amplifications
// to: Amplification
// walk: by
// parameters: audiences
// result: rows
MATCH (node:Amplification)
WHERE node.by = source.id AND visible(node)
