// The community in which it was done.
// edge: Derivation.within
// to: Community
// link: withinId
// parameters: audiences
// result: one
MATCH (source)-[:WITHIN]->(node:Community)
WHERE visible(node)
