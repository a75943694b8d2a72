// What items are called and of which kind they are, by their ids; one that is hidden or absent is left out.
// parameters: audiences, ids
// result: one
UNWIND $ids AS id
MATCH (item:Item {id: id})
WHERE visible(item)
WITH item, [label IN labels(item) WHERE label <> 'Item'][0] AS kind
WITH item, kind, coalesce(item.title, item.name,
     CASE WHEN size(item.text) > 120 THEN left(item.text, 119) + '…' ELSE item.text END) AS title
RETURN collect(item.id) AS ids, collect(kind) AS kinds, collect(coalesce(title, '')) AS titles
