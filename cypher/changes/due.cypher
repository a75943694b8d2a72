// Whether there are changes without a number, and whether it is for this sequencer to number them; how far the feed has
// come; and whether there are jobs to take.
// parameters: holder, now
// result: one
OPTIONAL MATCH (lease:Lease {name: 'sequencer'})
WITH lease IS NULL OR lease.holder IS NULL OR lease.holder = $holder OR lease.until < datetime() AS ours
CALL () {
  MATCH (change:Change)
  WHERE change.sequence IS NOT NULL
  WITH change
  ORDER BY change.sequence DESC
  LIMIT 1
  RETURN collect(change) AS newest
}
RETURN ours, EXISTS {
    MATCH (change:Change)
    WHERE change.pending = true AND change.at IS NOT NULL AND change.id IS NOT NULL
  } AS due, EXISTS {
    MATCH (job:Job)
    WHERE job.status IN ['waiting', 'running'] AND job.at IS NOT NULL AND job.id IS NOT NULL
      AND (job.status = 'waiting' OR job.until < datetime($now))
  } AS jobs, coalesce(newest[0].sequence, 0) AS sequence, newest[0].id AS id
