// How far the feed of changes goes after a number, and how many of these changes altered or took away something that was
// told or noticed, by the audiences that it was for, so that nothing closed to an audience counts for it.
// parameters: after
// result: one
CALL () {
  MATCH (change:Change)
  WHERE change.sequence > $after
  RETURN max(change.sequence) AS sequence
}
CALL (sequence) {
  MATCH (change:Change)
  WHERE change.sequence > $after AND change.sequence <= sequence
  UNWIND change.altered AS audience
  WITH audience, count(*) AS count
  RETURN collect(audience) AS audiences, collect(count) AS counts
}
RETURN sequence, audiences, counts
