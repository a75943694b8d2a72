// The earlier amplification through which it was met.
// edge: Amplification.after
// to: Amplification
// link: afterId
// parameters: audiences
// result: one
MATCH (source)-[:AFTER]->(node:Amplification)
WHERE visible(node)
