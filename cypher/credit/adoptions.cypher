// Every amplification of these kinds up to a moment that the audience may see: of what, by whom. What is not among the
// things of the audience is nothing to it.
// parameters: audiences, kinds, until
// result: one
MATCH (act:Amplification)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL AND act.kind IN $kinds
MATCH (act)-[:BY]->(adopter:Person)
WHERE visible(adopter)
RETURN collect(coalesce(act.of, '')) AS items, collect(adopter.id) AS adopters, collect(act.at.epochMillis) AS times
