// Waits until the index of words holds all that was committed before.
// result: rows
CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()
