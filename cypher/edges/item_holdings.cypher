// Who holds it, with dates.
// edge: TacitInsight.holdings, Value.holdings, Purpose.holdings
// to: Holding
// walk: of
// parameters: audiences
// result: rows
MATCH (node:Holding)
WHERE node.of = source.id AND visible(node)
