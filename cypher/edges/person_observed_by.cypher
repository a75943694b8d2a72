// Who saw the person at work.
// edge: Person.observedBy
// to: Observation
// parameters: audiences
// result: rows
MATCH (source)<-[:TO]-(node:Observation)
WHERE visible(node)
