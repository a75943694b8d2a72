// The stages that the community has reached.
// edge: Community.stages
// to: StageChange
// parameters: audiences
// result: rows
MATCH (source)-[:REACHED]->(node:StageChange)
WHERE visible(node)
