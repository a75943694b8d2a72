// Ends a job that is not done yet.
// parameters: id, now, principals
// result: rows
MATCH (job:Job {id: $id})
WHERE job.principal IN $principals
SET job.status = CASE WHEN job.status IN ['waiting', 'running'] THEN 'cancelled' ELSE job.status END,
    job.finishedAt = coalesce(job.finishedAt, datetime($now))
RETURN job {.*, answer: null} AS job
