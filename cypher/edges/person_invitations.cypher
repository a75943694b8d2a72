// The invitations that the person received.
// edge: Person.invitations
// to: Invitation
// walk: to
// parameters: audiences
// result: rows
MATCH (node:Invitation)
WHERE node.to = source.id AND visible(node)
