// The narrower topics that belong under it.
// edge: Topic.broaderThan
// to: Topic
// parameters: audiences
// result: rows
MATCH (source)<-[:NARROWER_THAN]-(node:Topic)
WHERE visible(node)
