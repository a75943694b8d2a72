// The id that comes so many places after another in the order of all ids; nothing where there are fewer.
// parameters: which
// result: one
MATCH (item:Item)
WHERE item.id > $which.after
WITH item.id AS id
ORDER BY id
SKIP $which.places
LIMIT 1
RETURN id
