// Which of these amplifications that come after themselves by some way round.
// parameters: ids
// result: rows
UNWIND $ids AS id
MATCH (item:Item {id: id})-[:AFTER]->(next:Amplification)
WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:AFTER]->+(item) }
RETURN DISTINCT item.id AS id
