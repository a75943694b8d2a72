// One item by its id.
// parameters: id, audiences
// result: one
MATCH (node:Item {id: $id})
WHERE visible(node)
