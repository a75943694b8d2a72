// The snapshots that were kept of one series of detections, with each person in them whom the audience may see.
// parameters: audiences, series
// result: rows
MATCH (run:CommunityRun)
WHERE run.series = $series AND run.asOf IS NOT NULL
CALL (run) {
  MATCH (run)-[:FOUND]->(community:DetectedCommunity)-[:CONTAINS]->(person:Person)
  WHERE visible(person)
  RETURN collect(community.number) AS numbers, collect(person.id) AS people
}
RETURN run.asOf.epochMillis AS asOf, run.fingerprint AS fingerprint, run.modularity AS modularity, numbers, people
