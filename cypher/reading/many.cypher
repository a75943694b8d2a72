// Several items by their ids, each with its place among the ids that were asked for.
// parameters: ids, audiences
// result: rows
UNWIND range(0, size($ids) - 1) AS position
MATCH (node:Item {id: $ids[position]})
WHERE visible(node)
