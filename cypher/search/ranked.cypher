// The items whose words match, the best first, beyond the first ones of the list; of equal ones by id.
// parameters: audiences, before, first, kinds, query
// result: rows
CALL db.index.fulltext.queryNodes('text', $query) YIELD node AS item, score
WHERE visible(item) AND any(label IN labels(item) WHERE label IN $kinds)
WITH item, score ORDER BY score DESC, item.id SKIP $before LIMIT $first
RETURN item.id AS id, [label IN labels(item) WHERE label <> 'Item'][0] AS kind,
       coalesce(item.title, item.name) AS title, left(item.text, 20000) AS text
ORDER BY score DESC, id
