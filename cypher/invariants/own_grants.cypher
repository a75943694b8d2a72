// What somebody opens to another is theirs alone to see, and is not for themselves.
// result: rows
MATCH (item:Grant)
WHERE item.audience <> 'person:' + item.by OR item.by = item.to
RETURN item.id AS id
