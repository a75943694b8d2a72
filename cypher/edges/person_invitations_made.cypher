// The invitations that the person made.
// edge: Person.invitationsMade
// to: Invitation
// walk: by
// parameters: audiences
// result: rows
MATCH (node:Invitation)
WHERE node.by = source.id AND visible(node)
