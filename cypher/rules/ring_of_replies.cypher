// Which of these contributions that answer themselves by some way round.
// parameters: ids
// result: rows
UNWIND $ids AS id
MATCH (item:Item {id: id})-[:REPLIES_TO]->(next:Contribution)
WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:REPLIES_TO]->+(item) }
RETURN DISTINCT item.id AS id
