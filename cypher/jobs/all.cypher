// The jobs of a principal, without their answers, the newest first.
// parameters: principal
// result: rows
MATCH (job:Job)
WHERE job.principal = $principal AND job.at IS NOT NULL AND job.id IS NOT NULL
WITH job ORDER BY job.principal DESC, job.at DESC, job.id DESC LIMIT 100
RETURN job {.*, answer: null, named: null} AS job
