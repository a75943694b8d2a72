// The newest hundred jobs of each of these principals, without their answers, the newest first.
// parameters: principals
// result: rows
UNWIND $principals AS principal
CALL (principal) {
  MATCH (job:Job)
  WHERE job.principal = principal AND job.at IS NOT NULL AND job.id IS NOT NULL
  RETURN job ORDER BY job.principal DESC, job.at DESC, job.id DESC LIMIT 100
}
RETURN job {.*, answer: null, named: null} AS job ORDER BY job.at DESC, job.id DESC
