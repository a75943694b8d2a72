// Which of these derivations used something that came, step by step, of what they made.
// parameters: ids
// result: rows
UNWIND $ids AS id
MATCH (act:Item {id: id})-[:MADE]->(made:Item), (act)-[:USED]->(used:Item)
WHERE made = used
  OR EXISTS { MATCH SHORTEST 1 (made) (()<-[:USED]-(:Derivation)-[:MADE]->())+ (used) }
RETURN DISTINCT act.id AS id
