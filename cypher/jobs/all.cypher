// The jobs of these principals, without their answers, the newest first.
// parameters: principals
// result: rows
MATCH (job:Job)
WHERE job.principal IN $principals AND job.at IS NOT NULL AND job.id IS NOT NULL
WITH job ORDER BY job.at DESC, job.id DESC LIMIT 100
RETURN job {.*, answer: null, named: null} AS job
