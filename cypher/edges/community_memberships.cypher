// Who belongs or belonged to the community, with dates.
// edge: Community.memberships
// to: Membership
// walk: community
// parameters: audiences
// result: rows
MATCH (node:Membership)
WHERE node.community = source.id AND visible(node)
