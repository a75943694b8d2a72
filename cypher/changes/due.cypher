// Whether there are changes without a number, and it is for this sequencer to number them.
// parameters: holder
// result: rows
OPTIONAL MATCH (lease:Lease {name: 'sequencer'})
WITH lease
WHERE lease IS NULL OR lease.holder IS NULL OR lease.holder = $holder OR lease.until < datetime()
MATCH (change:Change)
WHERE change.pending = true AND change.at IS NOT NULL AND change.id IS NOT NULL
RETURN true AS due
LIMIT 1
