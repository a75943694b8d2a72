// Nothing ends before it begins.
// result: rows
MATCH (item:Membership|Position|Holding|Grant)
WHERE item.until < coalesce(item.since, item.from)
RETURN item.id AS id
