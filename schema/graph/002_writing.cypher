// What the writing of changes needs: who numbers them, and which have no number yet.
CREATE CONSTRAINT lease_name IF NOT EXISTS FOR (lease:Lease) REQUIRE lease.name IS UNIQUE;
CREATE INDEX change_pending IF NOT EXISTS FOR (change:Change) ON (change.pending, change.at, change.id);

// A key is named by its id when it is revoked, and by its hash when it is used.
CREATE CONSTRAINT api_key_id IF NOT EXISTS FOR (key:ApiKey) REQUIRE key.id IS UNIQUE;
