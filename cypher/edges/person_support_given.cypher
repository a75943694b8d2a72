// The help that the person gave.
// edge: Person.supportGiven
// to: Support
// walk: by
// parameters: audiences
// result: rows
MATCH (node:Support)
WHERE node.by = source.id AND visible(node)
