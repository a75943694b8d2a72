// Who belongs.
// edge: Membership.person
// to: Person
// link: personId
// parameters: audiences
// result: one
MATCH (source)<-[:HAS]-(node:Person)
WHERE visible(node)
