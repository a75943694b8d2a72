// Hands the turn to learn back, so that another process need not wait until it runs out.
// parameters: holder
// result: write
MATCH (lease:Lease {name: 'fits', holder: $holder})
REMOVE lease.holder, lease.until
