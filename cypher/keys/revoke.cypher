// Ends a key; the moment of the first time stays.
// parameters: id, now
// result: one
MATCH (key:ApiKey {id: $id})
SET key.revokedAt = coalesce(key.revokedAt, $now)
RETURN key.id AS id
