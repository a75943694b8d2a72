// Keeps a new job, or finds the one that the same principal started under the same key; nothing where that principal has
// as many unfinished ones as it may. Its turn comes after that of the principal's last, and not before the one that is
// being taken now: so principals take turns, however many jobs each has.
// parameters: most, principal, properties
// result: rows
CALL () {
  MATCH (unfinished:Job)
  WHERE unfinished.status IN ['waiting', 'running'] AND unfinished.at IS NOT NULL AND unfinished.id IS NOT NULL
  RETURN sum(CASE WHEN unfinished.principal = $principal THEN 1 ELSE 0 END) AS count,
    min(coalesce(unfinished.turn, 0)) AS current,
    max(CASE WHEN unfinished.principal = $principal THEN coalesce(unfinished.turn, 0) END) AS last
}
WITH count, coalesce(current, 0) AS current, coalesce(last + 1, 0) AS next
WHERE count < $most OR EXISTS { (:Job {id: $properties.id}) }
MERGE (job:Job {id: $properties.id})
ON CREATE SET job = $properties, job.turn = CASE WHEN next > current THEN next ELSE current END
RETURN job {.*, answer: null} AS job
