// The amplifications that came through this one.
// edge: Amplification.followedBy
// to: Amplification
// parameters: audiences
// result: rows
MATCH (source)<-[:AFTER]-(node:Amplification)
WHERE visible(node)
