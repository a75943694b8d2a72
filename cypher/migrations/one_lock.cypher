// So that two services that start at once can't each make a lock of their own.
// result: write
CREATE CONSTRAINT migration_lock IF NOT EXISTS FOR (lock:MigrationLock) REQUIRE lock.name IS UNIQUE
