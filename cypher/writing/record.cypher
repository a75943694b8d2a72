// What goes with every write, in its transaction: its changes, which get their numbers after the commit, and the record
// by which the same request, sent again, is answered and not repeated.
// parameters: changes, records
// result: write
FOREACH (change IN $changes |
  CREATE (node:Change)
  SET node = change
)
FOREACH (record IN $records |
  CREATE (node:IdempotencyRecord)
  SET node = record
)
