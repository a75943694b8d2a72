// The community that reached the stage.
// edge: StageChange.community
// to: Community
// link: communityId
// parameters: audiences
// result: one
MATCH (source)<-[:REACHED]-(node:Community)
WHERE visible(node)
