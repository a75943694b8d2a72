// The changes after a number, in their order.
// parameters: sequence, most
// result: rows
MATCH (change:Change)
WHERE change.sequence > $sequence
RETURN change.sequence AS sequence, change.id AS id, toString(change.at) AS at, change.kind AS kind,
  change.types AS types, change.ids AS ids, change.count AS count
ORDER BY change.sequence
LIMIT $most
