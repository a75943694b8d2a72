// Every explicit knowledge that another took the place of up to a moment, and when, as far as the audience may see.
// parameters: audiences, until
// result: one
MATCH (newer:ExplicitKnowledge)
WHERE visible(newer) AND newer.at <= $until AND newer.id IS NOT NULL
MATCH (newer)-[:SUPERSEDES]->(item:ExplicitKnowledge)
WHERE visible(item)
RETURN collect(item.id) AS items, collect(newer.at.epochMillis) AS times
