// Items are joined only as the model says: from a kind, by a type of relationship, to a kind.
// parameters: permitted
// result: rows
MATCH (start:Item)-[relation]->(end:Item)
WITH start.id AS id, [label IN labels(start) WHERE label <> 'Item'][0] AS from, type(relation) AS type,
  [label IN labels(end) WHERE label <> 'Item'][0] AS to
WHERE NOT from + ' ' + type + ' ' + to IN $permitted
RETURN DISTINCT id
