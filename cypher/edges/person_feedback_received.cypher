// The feedback that the person was given.
// edge: Person.feedbackReceived
// to: Feedback
// parameters: audiences
// result: rows
MATCH (source)<-[:TO]-(node:Feedback)
WHERE visible(node)
