// Every experiment up to a moment that the audience may see and that is over: what it tested, and who tried it.
// parameters: audiences, until
// result: one
MATCH (act:Experiment)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL AND act.outcome <> 'running'
MATCH (act)-[:TESTED]->(tested:ExplicitKnowledge)
WHERE visible(tested)
MATCH (act)-[:BY]->(tester:Person)
WHERE visible(tester)
RETURN collect(tested.id) AS items, collect(tester.id) AS testers
