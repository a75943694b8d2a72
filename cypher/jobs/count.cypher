// How many jobs there are of these principals.
// parameters: principals
// result: rows
MATCH (job:Job)
WHERE job.principal IN $principals AND job.at IS NOT NULL AND job.id IS NOT NULL
RETURN count(job) AS count
