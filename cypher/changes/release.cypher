// Hands the lease back, so that another sequencer need not wait until it runs out.
// parameters: holder
// result: write
MATCH (lease:Lease {name: 'sequencer', holder: $holder})
REMOVE lease.holder, lease.until
