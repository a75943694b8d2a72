// Every adoption and adaptation of explicit knowledge up to a moment that the audience may see.
// parameters: audiences, until
// result: one
MATCH (act:Amplification)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL AND act.kind IN ['adopt', 'adapt']
MATCH (act)-[:OF]->(item:ExplicitKnowledge)
WHERE visible(item)
RETURN collect(item.id) AS items, collect(act.kind) AS kinds, collect(act.at.epochMillis) AS times
