// Who made explicit knowledge, when, and whether within a community, as far as the audience may know: a row for each
// maker.
// parameters: audiences, until
// result: one
MATCH (derivation:Derivation)
WHERE visible(derivation) AND derivation.at < $until AND derivation.id IS NOT NULL
MATCH (derivation)-[:MADE]->(made:ExplicitKnowledge)
WHERE visible(made)
MATCH (derivation)-[:BY]->(maker:Person)
WHERE visible(maker)
OPTIONAL MATCH (derivation)-[:WITHIN]->(community:Community)
WHERE visible(community)
RETURN collect(made.id) AS knowledge, collect(maker.id) AS people, collect(derivation.at.epochMillis) AS times,
       collect(community IS NOT NULL) AS within
