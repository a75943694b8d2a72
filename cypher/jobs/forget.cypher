// Takes away the jobs that ended before a moment, with their answers; of one principal what nobody cancelled sooner.
// parameters: before, soon, sooner
// result: write
MATCH (job:Job)
WHERE job.status IN ['done', 'failed', 'cancelled'] AND job.at IS NOT NULL AND job.id IS NOT NULL
  AND (job.finishedAt < datetime($before)
    OR (job.principal = $sooner AND job.status <> 'cancelled' AND job.finishedAt < datetime($soon)))
DELETE job
