// The answer of a job of a principal, null until it is done, with the ids that it names.
// parameters: id, principal
// result: rows
MATCH (job:Job {id: $id})
WHERE job.principal = $principal
RETURN job.answer AS answer, job.named AS named, job.audiences AS audiences
