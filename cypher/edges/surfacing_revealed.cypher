// The insight that came out.
// edge: Surfacing.revealed
// to: TacitInsight
// link: revealedId
// parameters: audiences
// result: one
MATCH (source)-[:REVEALED]->(node:TacitInsight)
WHERE visible(node)
