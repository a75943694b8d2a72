// How far the feed of changes goes after a number, and how many of these changes altered or took away something told or
// noticed.
// parameters: after, labels
// result: one
MATCH (change:Change)
WHERE change.sequence > $after
RETURN max(change.sequence) AS sequence,
       sum(CASE WHEN change.kind <> 'created' AND any(label IN change.types WHERE label IN $labels) THEN 1 ELSE 0 END) AS count
