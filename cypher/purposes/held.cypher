// Every purpose, with how many people hold it at a moment and how many communities pursue it, as far as the audience may
// know.
// parameters: at, audiences
// result: rows
MATCH (purpose:Purpose)
WHERE visible(purpose) AND purpose.at IS NOT NULL AND purpose.id IS NOT NULL
CALL (purpose) {
  OPTIONAL MATCH (purpose)<-[:PURSUES]-(pursuing:Community)
  WHERE visible(pursuing)
  RETURN count(pursuing) AS communities
}
CALL (purpose) {
  OPTIONAL MATCH (holding:Holding)
  WHERE holding.of = purpose.id AND holding.at IS NOT NULL AND holding.id IS NOT NULL AND visible(holding)
    AND holding.since <= $at AND coalesce(holding.until > $at, true)
  OPTIONAL MATCH (holding)-[:BY]->(person:Person)
  WHERE visible(person)
  RETURN count(DISTINCT person) AS holders
}
RETURN purpose.id AS id, holders, communities
