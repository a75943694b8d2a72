// How many entries of an input an earlier import had behind it when it was cut short.
// parameters: id
// result: one
MATCH (job:Job {id: $id})
RETURN job.done AS done
