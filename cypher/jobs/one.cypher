// A job of a principal, without its answer.
// parameters: id, principal
// result: rows
MATCH (job:Job {id: $id})
WHERE job.principal = $principal
RETURN job {.*, answer: null, named: null} AS job
