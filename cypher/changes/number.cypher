// Gives the oldest changes without a number the next numbers, if the lease is this sequencer's or free. The first SET
// locks the lease, so that two sequencers never number at once whatever they think of the lease; it is short, so that
// what is written is counted in within a second even if a sequencer has died.
// parameters: holder, most
// result: one
MERGE (lease:Lease {name: 'sequencer'})
ON CREATE SET lease.last = 0
SET lease.asked = $holder
WITH lease
WHERE lease.holder IS NULL OR lease.holder = $holder OR lease.until < datetime()
SET lease.holder = $holder, lease.until = datetime() + duration({milliseconds: 300})
WITH lease
CALL () {
  MATCH (change:Change)
  WHERE change.pending = true AND change.at IS NOT NULL AND change.id IS NOT NULL
  WITH change
  ORDER BY change.pending, change.at, change.id
  LIMIT $most
  RETURN collect(change) AS changes
}
WITH lease, changes, lease.last AS last
SET lease.last = last + size(changes)
FOREACH (position IN range(0, size(changes) - 1) |
  FOREACH (change IN [changes[position]] |
    SET change.sequence = last + position + 1
    REMOVE change.pending
  )
)
RETURN size(changes) AS numbered, lease.last AS last
