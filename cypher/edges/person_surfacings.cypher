// What the person noticed in stories and conversations.
// edge: Person.surfacings
// to: Surfacing
// parameters: audiences
// result: rows
MATCH (source)<-[:BY]-(node:Surfacing)
WHERE visible(node)
