// The moments in which an insight was noticed in it.
// edge: Story.surfacings, Contribution.surfacings
// to: Surfacing
// parameters: audiences
// result: rows
MATCH (source)<-[:FROM]-(node:Surfacing)
WHERE visible(node)
