// An item has one label beside Item, the one of its kind, and what has a kind is an item.
// parameters: labels
// result: rows
MATCH (item)
WHERE any(label IN labels(item) WHERE label = 'Item' OR label IN $labels)
  AND (NOT item:Item OR size([label IN labels(item) WHERE label IN $labels]) <> 1 OR size(labels(item)) <> 2)
RETURN item.id AS id
