// Relationships carry no properties: what one did, when and for whom is a node, which can be hidden and erased.
// result: rows
MATCH (start:Item)-[relation]->()
WHERE size(keys(relation)) > 0
RETURN DISTINCT start.id AS id
