// Keeps how far an import has come.
// parameters: id, done, now
// result: write
MERGE (job:Job {id: $id})
SET job.kind = 'import', job.done = $done, job.at = $now
