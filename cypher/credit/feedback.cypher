// All feedback of these kinds up to a moment that the audience may see: on what, by whom. What is not among the things of
// the audience is nothing to it.
// parameters: audiences, kinds, until
// result: one
MATCH (act:Feedback)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL AND act.kind IN $kinds
MATCH (act)-[:BY]->(giver:Person)
WHERE visible(giver)
RETURN collect(coalesce(act.of, '')) AS items, collect(giver.id) AS givers, collect(act.at.epochMillis) AS times
