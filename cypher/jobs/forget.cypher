// Takes away the jobs that ended before a moment, with their answers.
// parameters: before
// result: write
MATCH (job:Job)
WHERE job.status IN ['done', 'failed', 'cancelled'] AND job.at IS NOT NULL AND job.id IS NOT NULL
  AND job.finishedAt < datetime($before)
DELETE job
