// Waits until every index has taken in what the graph held before it, at most ten minutes.
// result: write
CALL db.awaitIndexes(600)
