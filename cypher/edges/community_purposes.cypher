// The purposes that the community pursues.
// edge: Community.purposes
// to: Purpose
// link: purposeIds
// parameters: audiences
// result: rows
MATCH (source)-[:PURSUES]->(node:Purpose)
WHERE visible(node)
