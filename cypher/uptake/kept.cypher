// What was foretold on one audience up to a moment within one horizon, the newest first, in columns: how many answers
// foretold something, from what was known by when, said when, and of whom, of whom now, how likely.
// parameters: audience, audiences, horizon, most, until
// result: rows
MATCH (prediction:Prediction)
WHERE prediction.audience = $audience AND prediction.asOf <= $until AND prediction.id IS NOT NULL
  AND prediction.horizonDays = $horizon
WITH prediction
ORDER BY prediction.asOf DESC, prediction.id DESC
LIMIT $most
CALL (prediction) {
  MATCH (prediction)-[:FORETOLD]->(chance:Chance)-[:THAT_TOLD_BY]->(teller:Person)
  WHERE visible(teller)
  MATCH (chance)-[:REACHES]->(listener:Person)
  WHERE visible(listener)
  RETURN collect(teller.id) AS tellers, collect(listener.id) AS listeners, collect(chance.probability) AS chances
}
RETURN prediction.id AS id, prediction.question AS question, prediction.asOf.epochMillis AS time,
       prediction.at.epochMillis AS said, tellers, listeners, chances
