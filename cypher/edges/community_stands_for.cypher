// The values that the community stands for.
// edge: Community.standsFor
// to: Value
// link: standsForIds
// parameters: audiences
// result: rows
MATCH (source)-[:STANDS_FOR]->(node:Value)
WHERE visible(node)
