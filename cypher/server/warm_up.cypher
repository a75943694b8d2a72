// One look-up such as a request makes, so that the first request does not pay for the planner's start.
// parameters: id
// result: rows
MATCH (item:Item {id: $id})
RETURN item.id AS id
