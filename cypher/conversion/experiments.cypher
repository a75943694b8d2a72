// Every experiment up to a moment that the audience may see: what it tested, and what became of it.
// parameters: audiences, until
// result: one
MATCH (act:Experiment)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
MATCH (act)-[:TESTED]->(tested:ExplicitKnowledge)
WHERE visible(tested)
RETURN collect(tested.id) AS items, collect(act.outcome) AS outcomes, collect(act.at.epochMillis) AS times
