// The snapshots that were kept of one series of detections: of which moment each is, and what it was found in.
// parameters: series
// result: one
MATCH (run:CommunityRun)
WHERE run.series = $series AND run.asOf IS NOT NULL
RETURN collect(run.asOf.epochMillis) AS moments, collect(run.fingerprint) AS fingerprints
