// The purposes that people hold at a moment and that no community pursues, as far as the audience may know, those held by
// most first.
// parameters: at, audiences, first
// result: rows
MATCH (purpose:Purpose)
WHERE visible(purpose) AND purpose.at IS NOT NULL AND purpose.id IS NOT NULL
  AND NOT EXISTS { MATCH (purpose)<-[:PURSUES]-(pursuing:Community) WHERE visible(pursuing) }
CALL (purpose) {
  MATCH (holding:Holding)-[:BY]->(person:Person)
  WHERE holding.of = purpose.id AND holding.at IS NOT NULL AND holding.id IS NOT NULL AND visible(holding)
    AND holding.since <= $at AND visible(person)
  RETURN count(DISTINCT person) AS holders
}
WITH purpose, holders
WHERE holders > 0
RETURN purpose.id AS id, holders
ORDER BY holders DESC, purpose.name, purpose.id
LIMIT $first
