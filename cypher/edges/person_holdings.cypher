// The insights, values and purposes that the person holds, with dates.
// edge: Person.holdings
// to: Holding
// walk: by
// parameters: audiences
// result: rows
MATCH (node:Holding)
WHERE node.by = source.id AND visible(node)
