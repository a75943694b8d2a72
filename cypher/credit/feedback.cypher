// All feedback of these kinds on explicit knowledge up to a moment that the audience may see: on what, by whom.
// parameters: audiences, kinds, until
// result: one
MATCH (act:Feedback)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL AND act.kind IN $kinds
MATCH (act)-[:OF]->(item:ExplicitKnowledge)
WHERE visible(item)
MATCH (act)-[:BY]->(giver:Person)
WHERE visible(giver)
RETURN collect(item.id) AS items, collect(giver.id) AS givers, collect(act.at.epochMillis) AS times
