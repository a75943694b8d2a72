// Jobs: questions that take long, each with its answer once it is there.
CREATE CONSTRAINT job_id IF NOT EXISTS FOR (job:Job) REQUIRE job.id IS UNIQUE;
CREATE INDEX job_by_status IF NOT EXISTS FOR (job:Job) ON (job.status, job.at, job.id);
CREATE INDEX job_by_principal IF NOT EXISTS FOR (job:Job) ON (job.principal, job.at, job.id);
