// The answer of a job of one of these principals, null until it is done, with the ids that it names.
// parameters: id, principals
// result: rows
MATCH (job:Job {id: $id})
WHERE job.principal IN $principals
RETURN job.answer AS answer, job.named AS named, job.audiences AS audiences
