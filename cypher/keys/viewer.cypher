// Whom a key names: its scopes, its person, and where that person belongs at this moment. A key whose person is gone
// names nobody. It reads belongings that are hidden from others, for it is what decides what the person may see.
// parameters: hash, now
// result: one
MATCH (key:ApiKey {hash: $hash})
WHERE key.revokedAt IS NULL AND (key.person IS NULL OR EXISTS { (:Item {id: key.person}) })
OPTIONAL MATCH (person:Item {id: key.person})
RETURN
  key.id AS id,
  key.scopes AS scopes,
  person.id AS person,
  COLLECT {
    MATCH (person)-[:HAS]->(position:Position)-[:IN]->(organisation:Organisation)
    WHERE position.from <= $now AND (position.until IS NULL OR position.until > $now)
    RETURN DISTINCT organisation.id
  } AS organisations,
  COLLECT {
    MATCH (person)-[:HAS]->(membership:Membership)-[:IN]->(community:Community)
    WHERE membership.since <= $now AND (membership.until IS NULL OR membership.until > $now)
    RETURN DISTINCT community.id
  } AS communities
