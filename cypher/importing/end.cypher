// Forgets the place in an input that has been imported whole: the next import of it looks at every row again.
// parameters: id
// result: write
MATCH (job:Job {id: $id})
DELETE job
