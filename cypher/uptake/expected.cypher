// How many were expected to take up what somebody tells, on one audience up to a moment within one horizon, the newest
// first, in columns: of whom, how many of those who listen, and how many in all where that was asked.
// parameters: audience, audiences, horizon, most, until
// result: rows
MATCH (prediction:Prediction)
WHERE prediction.audience = $audience AND prediction.asOf <= $until AND prediction.id IS NOT NULL
  AND prediction.horizonDays = $horizon
WITH prediction
ORDER BY prediction.asOf DESC, prediction.id DESC
LIMIT $most
MATCH (prediction)-[:EXPECTED]->(spread:Spread)-[:OF_WHAT_IS_TOLD_BY]->(teller:Person)
WHERE visible(teller)
RETURN prediction.id AS id, prediction.asOf.epochMillis AS time, prediction.at.epochMillis AS said,
       collect(teller.id) AS tellers, collect(spread.takers) AS takers, collect(coalesce(spread.people, -1.0)) AS people
