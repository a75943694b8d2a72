// Changes are numbered from 1 without gaps; what has no number yet waits for one.
// result: rows
CALL () {
  MATCH (change:Change)
  WHERE change.sequence IS NULL AND change.pending IS NULL
  RETURN change.id AS id
  UNION
  MATCH (change:Change)
  WHERE change.sequence IS NOT NULL
  WITH count(change) AS count, max(change.sequence) AS last, min(change.id) AS id
  WHERE count <> last
  RETURN id
}
RETURN id
