// Which of these experiments that follow on themselves by some way round.
// parameters: ids
// result: rows
UNWIND $ids AS id
MATCH (item:Item {id: id})-[:FOLLOWS_ON]->(next:Experiment)
WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:FOLLOWS_ON]->+(item) }
RETURN DISTINCT item.id AS id
