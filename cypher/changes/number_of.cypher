// The number of a change; null until it has one.
// parameters: id
// result: one
MATCH (change:Change {id: $id})
RETURN change.sequence AS sequence
