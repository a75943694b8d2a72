// The communities that pursue the purpose.
// edge: Purpose.communities
// to: Community
// parameters: audiences
// result: rows
MATCH (source)<-[:PURSUES]-(node:Community)
WHERE visible(node)
