// The communities that stand for the value.
// edge: Value.communities
// to: Community
// parameters: audiences
// result: rows
MATCH (source)<-[:STANDS_FOR]-(node:Community)
WHERE visible(node)
