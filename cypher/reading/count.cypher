// How many items of one kind the viewer may see; the compiler puts the kind's label in the place of `Item`. What holds of
// every item is said too, so that the index on (audience, at, id) is walked and not every item of the kind.
// parameters: audiences
// result: rows
MATCH (node:Item)
WHERE visible(node) AND node.at IS NOT NULL AND node.id IS NOT NULL
