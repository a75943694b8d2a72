// The id that comes so many places after another in the order of all ids; nothing where there are fewer.
// parameters: after, places
// result: one
MATCH (item:Item)
WHERE item.id > $after
WITH item.id AS id
ORDER BY id
SKIP $places
LIMIT 1
RETURN id
