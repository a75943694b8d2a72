// Which of these pieces of knowledge that take the place of themselves by some way round.
// parameters: ids
// result: rows
UNWIND $ids AS id
MATCH (item:Item {id: id})-[:SUPERSEDES]->(next:ExplicitKnowledge)
WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:SUPERSEDES]->+(item) }
RETURN DISTINCT item.id AS id
