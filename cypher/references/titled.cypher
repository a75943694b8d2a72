// The items of a title, of the kinds that are asked for: found by its words, and told apart by the whole of it.
// parameters: audiences, kinds, query, title
// result: rows
CALL db.index.fulltext.queryNodes('text', $query) YIELD node AS item
WHERE item.title = $title AND visible(item) AND any(label IN labels(item) WHERE label IN $kinds)
RETURN item.id AS id, [label IN labels(item) WHERE label <> 'Item'][0] AS kind
ORDER BY kind, id
