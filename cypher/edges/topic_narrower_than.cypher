// The wider topics that it belongs under.
// edge: Topic.narrowerThan
// to: Topic
// link: narrowerThanIds
// parameters: audiences
// result: rows
MATCH (source)-[:NARROWER_THAN]->(node:Topic)
WHERE visible(node)
