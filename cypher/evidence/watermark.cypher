// How far the feed of changes has come: what is read after this holds all changes up to it.
// result: rows
MATCH (change:Change)
WHERE change.sequence IS NOT NULL
RETURN change.sequence AS sequence, change.id AS id
ORDER BY change.sequence DESC
LIMIT 1
