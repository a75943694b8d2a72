// Takes away what was foretold on one audience within one horizon beyond the newest, which alone are compared; some at a
// time.
// parameters: audience, horizon, most, atOnce
// result: write
MATCH (prediction:Prediction)
WHERE prediction.audience = $audience AND prediction.asOf IS NOT NULL AND prediction.id IS NOT NULL
  AND prediction.horizonDays = $horizon
WITH prediction
ORDER BY prediction.asOf DESC, prediction.id DESC
SKIP $most
LIMIT $atOnce
OPTIONAL MATCH (prediction)-[:FORETOLD|EXPECTED]->(part)
DETACH DELETE part, prediction
