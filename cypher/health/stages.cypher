// The stages that a community had reached by a moment, as far as the audience may know.
// parameters: at, audiences, community
// result: one
MATCH (community:Item {id: $community})
WHERE visible(community)
MATCH (community)-[:REACHED]->(reached:StageChange)
WHERE visible(reached) AND reached.at <= $at
RETURN collect(DISTINCT reached.stage) AS stages
