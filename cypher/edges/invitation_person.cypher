// Who is invited.
// edge: Invitation.person
// to: Person
// link: personId
// parameters: audiences
// result: one
MATCH (source)-[:TO]->(node:Person)
WHERE visible(node)
