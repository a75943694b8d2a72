// The moments in which it came out.
// edge: TacitInsight.surfacings
// to: Surfacing
// parameters: audiences
// result: rows
MATCH (source)<-[:REVEALED]-(node:Surfacing)
WHERE visible(node)
