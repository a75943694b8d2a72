// Hands a job back, so that another process need not wait until it is missed; that one begins at its beginning.
// parameters: holder
// result: write
MATCH (job:Job)
WHERE job.status = 'running' AND job.at IS NOT NULL AND job.id IS NOT NULL AND job.holder = $holder
SET job.status = 'waiting', job.progress = 0.0, job.attempts = job.attempts - 1
REMOVE job.holder, job.until
