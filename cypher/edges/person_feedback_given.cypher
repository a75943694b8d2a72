// The feedback that the person gave.
// edge: Person.feedbackGiven
// to: Feedback
// walk: by
// parameters: audiences
// result: rows
MATCH (node:Feedback)
WHERE node.by = source.id AND visible(node)
