// Takes, or keeps, the turn to learn: nothing where it is another process'. The first SET locks the lease, so that two
// never hold it at once.
// parameters: holder, seconds
// result: rows
MERGE (lease:Lease {name: 'fits'})
SET lease.asked = $holder
WITH lease
WHERE lease.holder IS NULL OR lease.holder = $holder OR lease.until < datetime()
SET lease.holder = $holder, lease.until = datetime() + duration({seconds: $seconds})
RETURN true AS held
