// The tacit insights that are memories of the person.
// edge: Person.insights
// to: TacitInsight
// parameters: audiences
// result: rows
MATCH (source)<-[:HELD_BY]-(node:TacitInsight)
WHERE visible(node)
