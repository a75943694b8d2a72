// Whoever holds the lock's node applies the migrations; others wait here until that transaction ends.
// result: write
MERGE (lock:MigrationLock {name: 'migrations'})
SET lock.taken = datetime()
