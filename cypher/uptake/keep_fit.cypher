// Keeps what was learnt by the start of a quarter, in the place of what was learnt of the same before.
// parameters: id, properties
// result: write
MERGE (fit:UptakeFit {id: $id})
SET fit += $properties
