// A job of one of these principals, without its answer.
// parameters: id, principals
// result: rows
MATCH (job:Job {id: $id})
WHERE job.principal IN $principals
RETURN job {.*, answer: null, named: null} AS job
