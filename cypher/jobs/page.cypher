// A page of the jobs of these principals that come after a place in the list, without their answers, the newest first.
// parameters: at, first, id, principals
// result: rows
UNWIND $principals AS principal
CALL (principal) {
  MATCH (job:Job)
  WHERE job.principal = principal AND job.at <= $at AND (job.at < $at OR job.id < $id) AND job.id IS NOT NULL
  RETURN job ORDER BY job.principal DESC, job.at DESC, job.id DESC LIMIT $first
}
RETURN job {.*, answer: null, named: null} AS job ORDER BY job.at DESC, job.id DESC LIMIT $first
