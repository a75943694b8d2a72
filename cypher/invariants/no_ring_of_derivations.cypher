// Nothing came, step by step, of itself.
// result: rows
MATCH (act:Derivation)-[:MADE]->(made:Item), (act)-[:USED]->(used:Item)
WHERE made = used OR EXISTS { MATCH SHORTEST 1 (made) (()<-[:USED]-(:Derivation)-[:MADE]->())+ (used) }
RETURN DISTINCT act.id AS id
