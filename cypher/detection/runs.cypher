// Some of the snapshots that were kept of one series of detections: their communities in the order of their numbers,
// and each person in one whom the audience may see.
// parameters: audiences, moments, series
// result: rows
UNWIND $moments AS moment
MATCH (run:CommunityRun {series: $series, asOf: moment})
CALL (run) {
  MATCH (run)-[:FOUND]->(community:DetectedCommunity)
  WITH community ORDER BY community.number
  RETURN collect(community.identity) AS identities, collect(community.bornAt.epochMillis) AS born
}
CALL (run) {
  MATCH (run)-[:FOUND]->(community:DetectedCommunity)-[:CONTAINS]->(person:Person)
  WHERE visible(person)
  RETURN collect(community.number) AS numbers, collect(person.id) AS people
}
RETURN run.asOf.epochMillis AS asOf, run {.fingerprint, .modularity, .resolution, .iterations, .trials} AS found,
       identities, born, numbers, people
