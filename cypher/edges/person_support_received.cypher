// The help that the person was given.
// edge: Person.supportReceived
// to: Support
// parameters: audiences
// result: rows
MATCH (source)<-[:TO]-(node:Support)
WHERE visible(node)
