// The tacit insights that came out of it.
// edge: Story.insights, Contribution.insights
// to: TacitInsight
// parameters: audiences
// result: rows
// distinct: yes
MATCH (source)<-[:FROM]-(surfacing:Surfacing)-[:REVEALED]->(node:TacitInsight)
WHERE visible(surfacing) AND visible(node)
