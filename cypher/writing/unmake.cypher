// Takes back items that this transaction made and that may not stay.
// parameters: ids
// result: write
UNWIND $ids AS id
MATCH (item:Item {id: id})
DETACH DELETE item
