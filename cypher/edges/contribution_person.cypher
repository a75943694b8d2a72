// Who said it.
// edge: Contribution.person
// to: Person
// link: personId
// parameters: audiences
// result: one
MATCH (source)<-[:MADE]-(node:Person)
WHERE visible(node)
