// Keeps a detection as a snapshot: a run, the communities that it found, and who is in them; in place of one before of
// the same series and moment.
// parameters: asOf, communities, properties, series
// result: write
MERGE (run:CommunityRun {series: $series, asOf: $asOf})
SET run += $properties
WITH run
CALL (run) {
  MATCH (run)-[:FOUND]->(replaced:DetectedCommunity)
  DETACH DELETE replaced
}
UNWIND $communities AS found
CREATE (run)-[:FOUND]->(community:DetectedCommunity {
  number: found.number, identity: found.identity, bornAt: found.bornAt
})
WITH community, found
UNWIND found.people AS id
MATCH (person:Item {id: id})
CREATE (community)-[:CONTAINS]->(person)
