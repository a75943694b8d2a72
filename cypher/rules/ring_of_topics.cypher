// Which of these topics that are narrower than themselves by some way round.
// parameters: ids
// result: rows
UNWIND $ids AS id
MATCH (item:Item {id: id})-[:NARROWER_THAN]->(next:Topic)
WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:NARROWER_THAN]->+(item) }
RETURN DISTINCT item.id AS id
