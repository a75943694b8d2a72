// Every amplification of explicit knowledge of these kinds up to a moment that the audience may see: of what, by whom.
// parameters: audiences, kinds, until
// result: one
MATCH (act:Amplification)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL AND act.kind IN $kinds
MATCH (act)-[:OF]->(item:ExplicitKnowledge)
WHERE visible(item)
MATCH (act)-[:BY]->(adopter:Person)
WHERE visible(adopter)
RETURN collect(item.id) AS items, collect(adopter.id) AS adopters, collect(act.at.epochMillis) AS times
