// Every tacit insight up to a moment, with whose memory it is, who holds it as their own, and whether anything was
// derived from it, as far as the audience may know.
// parameters: at, audiences
// result: one
MATCH (insight:TacitInsight)
WHERE visible(insight) AND insight.at IS NOT NULL AND insight.id IS NOT NULL AND insight.at <= $at
CALL (insight) {
  MATCH (insight)-[:HELD_BY]->(person:Person)
  WHERE visible(person)
  RETURN person.id AS holder
  UNION
  MATCH (holding:Holding)-[:BY]->(person:Person)
  WHERE holding.of = insight.id AND visible(holding) AND visible(person) AND holding.at IS NOT NULL
    AND holding.id IS NOT NULL AND holding.since <= $at AND coalesce(holding.until > $at, true)
  RETURN person.id AS holder
}
WITH insight, collect(holder) AS holders
CALL (insight) {
  OPTIONAL MATCH (insight)<-[:USED]-(derivation:Derivation)
  WHERE visible(derivation) AND derivation.at <= $at
  RETURN count(derivation) AS derived
}
RETURN collect(insight.id) AS ids, collect(insight.at.epochMillis) AS times, collect(holders) AS people,
       collect(derived > 0) AS derived
