// Gives the job whose turn it is, of those that wait or whose process has not been heard of, to a process. The first SET
// locks it, so that no two take the same.
// parameters: holder, now, seconds
// result: rows
CALL () {
  MATCH (job:Job)
  WHERE job.status IN ['waiting', 'running'] AND job.at IS NOT NULL AND job.id IS NOT NULL
    AND (job.status = 'waiting' OR job.until < datetime($now))
  RETURN job ORDER BY coalesce(job.turn, 0), job.at, job.id LIMIT 1
}
SET job.asked = $holder
WITH job
WHERE job.status = 'waiting' OR (job.status = 'running' AND job.until < datetime($now))
SET job.status = 'running', job.holder = $holder, job.until = datetime($now) + duration({seconds: $seconds}),
    job.startedAt = datetime($now),
    job.progress = 0.0, job.attempts = coalesce(job.attempts, 0) + 1
RETURN job {.*} AS job
