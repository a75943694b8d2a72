// Says that a job is still worked on, and how far it has come; nothing where it is not this process's any more.
// parameters: holder, id, now, progress, seconds
// result: rows
MATCH (job:Job {id: $id})
WHERE job.holder = $holder AND job.status = 'running'
SET job.progress = $progress, job.until = datetime($now) + duration({seconds: $seconds})
RETURN job.id AS id
