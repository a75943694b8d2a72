// To which community.
// edge: Membership.community
// to: Community
// link: communityId
// parameters: audiences
// result: one
MATCH (source)-[:IN]->(node:Community)
WHERE visible(node)
