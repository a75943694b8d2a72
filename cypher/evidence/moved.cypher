// Whether anything of these kinds was written after a number of the feed of changes.
// parameters: after, labels
// result: rows
MATCH (change:Change)
WHERE change.sequence > $after AND any(label IN change.types WHERE label IN $labels)
RETURN change.sequence AS sequence
LIMIT 1
