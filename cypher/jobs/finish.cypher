// Ends a job with its answer or with what was wrong, unless it was cancelled or is another process's by now.
// parameters: holder, id, outcome
// result: rows
MATCH (job:Job {id: $id})
WHERE job.holder = $holder AND job.status = 'running'
SET job += $outcome
REMOVE job.holder, job.until
RETURN job.id AS id
