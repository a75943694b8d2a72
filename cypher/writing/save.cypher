// Writes a batch: items made, items changed, relationships dropped and added, and what goes with it: its changes, which get
// their numbers after the commit, and the record by which the same request, sent again, is answered and not repeated.
// Where fewer were found to write than were sent, somebody else was quicker: the division by zero at the end then fails
// the transaction, so that one statement is enough for a write, and none is half done.
// Instants come as text, beside the other properties: the driver takes longer over one than the server over a row.
// A changed item is locked by the first SET, before its version is compared, so that no update is lost.
// `guards` are items with the audience in which the writer knew them: it has to be theirs still, now that they are locked.
// All of it is one parameter: of several, each mixture of sizes and of empty lists would be planned anew.
// parameters: batch
// result: one
CALL () {
  UNWIND $batch.created AS row
  CREATE (item:Item:$(row.label))
  SET item = row.properties,
    item.at = datetime(row.at), item.createdAt = datetime(row.createdAt), item.updatedAt = datetime(row.updatedAt),
    item.happenedAt = datetime(row.happenedAt), item.eventAt = datetime(row.eventAt),
    item.since = datetime(row.since), item.until = datetime(row.until), item.from = datetime(row.from)
  RETURN count(item) AS created
}
CALL () {
  UNWIND $batch.updated AS row
  MATCH (item:Item {id: row.properties.id})
  SET item.updatedAt = datetime(row.updatedAt)
  WITH item, row
  WHERE item.version = row.version
  SET item = row.properties,
    item.at = datetime(row.at), item.createdAt = datetime(row.createdAt), item.updatedAt = datetime(row.updatedAt),
    item.happenedAt = datetime(row.happenedAt), item.eventAt = datetime(row.eventAt),
    item.since = datetime(row.since), item.until = datetime(row.until), item.from = datetime(row.from)
  RETURN count(item) AS updated
}
CALL () {
  UNWIND $batch.dropped AS link
  MATCH (start:Item {id: link[0]})-[relation]->(end:Item {id: link[2]})
  WHERE type(relation) = link[1]
  DELETE relation
  RETURN count(relation) AS dropped
}
CALL () {
  UNWIND $batch.added AS link
  MATCH (start:Item {id: link[0]})
  MATCH (end:Item {id: link[2]})
  CREATE (start)-[relation:$(link[1])]->(end)
  RETURN count(relation) AS added
}
CALL () {
  UNWIND $batch.guards AS guard
  MATCH (item:Item {id: guard[0]})
  WHERE item.audience = guard[1]
  RETURN count(item) AS guarded
}
FOREACH (change IN $batch.changes |
  CREATE (node:Change)
  SET node = change
)
FOREACH (record IN $batch.records |
  CREATE (node:IdempotencyRecord)
  SET node = record
)
RETURN 1 / CASE
  WHEN created = size($batch.created) AND updated = size($batch.updated) AND dropped = size($batch.dropped) AND added = size($batch.added)
    AND guarded = size($batch.guards) THEN 1
  ELSE 0
END AS whole
