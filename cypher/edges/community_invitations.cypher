// The invitations into the community.
// edge: Community.invitations
// to: Invitation
// walk: community
// parameters: audiences
// result: rows
MATCH (node:Invitation)
WHERE node.community = source.id AND visible(node)
