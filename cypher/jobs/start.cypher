// Keeps a new job, or finds the one that the same principal started under the same key; nothing where that principal has
// as many unfinished ones as it may.
// parameters: most, principal, properties
// result: rows
CALL () {
  MATCH (unfinished:Job)
  WHERE unfinished.principal = $principal AND unfinished.at IS NOT NULL AND unfinished.id IS NOT NULL
    AND unfinished.status IN ['waiting', 'running']
  RETURN count(unfinished) AS count
}
WITH count
WHERE count < $most OR EXISTS { (:Job {id: $properties.id}) }
MERGE (job:Job {id: $properties.id})
ON CREATE SET job = $properties
RETURN job {.*, answer: null} AS job
