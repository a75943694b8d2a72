// The items of one kind that belong to one of the viewer's audiences: one walk of the index on (audience, at, id).
// The compiler puts the kind's label in the place of `Item` and walks each of the viewer's audiences in turn.
// result: rows
MATCH (node:Item)
WHERE node.audience = audience
