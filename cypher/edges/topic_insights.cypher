// The tacit insights that are about the topic.
// edge: Topic.insights
// to: TacitInsight
// parameters: audiences
// result: rows
MATCH (source)<-[:ABOUT]-(node:TacitInsight)
WHERE visible(node)
