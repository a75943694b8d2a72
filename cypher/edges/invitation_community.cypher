// Into which community.
// edge: Invitation.community
// to: Community
// link: communityId
// parameters: audiences
// result: one
MATCH (source)-[:INTO]->(node:Community)
WHERE visible(node)
