// Holds an item for this transaction: until its end nobody links to it or changes it. No row, where it is gone.
// Only a write takes the lock; the version is read after it, and so is the one that stays.
// parameters: id
// result: one
MATCH (item:Item {id: $id})
SET item.held = true
REMOVE item.held
RETURN item.version AS version
