// What was foretold on one audience up to a moment within one horizon, the newest first: of whom, of whom now, how likely.
// parameters: audience, audiences, horizon, most, until
// result: rows
MATCH (prediction:Prediction)
WHERE prediction.audience = $audience AND prediction.asOf <= $until AND prediction.id IS NOT NULL
  AND prediction.horizonDays = $horizon
WITH prediction
ORDER BY prediction.asOf DESC, prediction.id DESC
LIMIT $most
MATCH (prediction)-[:FORETOLD]->(chance:Chance)-[:THAT_TOLD_BY]->(teller:Person)
WHERE visible(teller)
MATCH (chance)-[:REACHES]->(listener:Person)
WHERE visible(listener)
RETURN prediction.id AS id, prediction.asOf.epochMillis AS time, teller.id AS teller, listener.id AS listener,
       chance.probability AS probability
