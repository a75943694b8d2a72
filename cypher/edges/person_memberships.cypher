// The communities that the person belongs or belonged to, with dates.
// edge: Person.memberships
// to: Membership
// walk: person
// parameters: audiences
// result: rows
MATCH (node:Membership)
WHERE node.person = source.id AND visible(node)
