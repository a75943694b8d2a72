// Every key, the newest first.
// result: rows
MATCH (key:ApiKey)
RETURN key.id AS id, key.name AS name, key.scopes AS scopes, key.person AS person,
  key.createdAt AS createdAt, key.revokedAt AS revokedAt
ORDER BY createdAt DESC, id
