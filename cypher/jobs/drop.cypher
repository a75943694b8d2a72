// Takes away the answers that name something which is there no more.
// parameters: outcome
// result: write
MATCH (job:Job)
WHERE job.status = 'done' AND job.at IS NOT NULL AND job.id IS NOT NULL
  AND any(id IN job.named WHERE NOT EXISTS { (:Item {id: id}) })
SET job += $outcome
REMOVE job.answer, job.named
