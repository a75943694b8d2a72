// Keeps what some answers foretold: the chance that what one person tells is taken up by another, and how many are expected
// to take up what somebody tells: those who listen, and (where it was asked) all whom it comes to. The same foretold
// again is kept once; whoever is erased is out of it.
// parameters: batch
// result: write
UNWIND $batch.answers AS answer
CALL (answer) {
  UNWIND range(0, size(answer.chances) - 1) AS place
  MATCH (teller:Item {id: answer.tellers[place]})
  MATCH (listener:Item {id: answer.listeners[place]})
  RETURN collect({teller: teller, listener: listener, probability: answer.chances[place]}) AS pairs
}
CALL (answer) {
  UNWIND answer.expected AS one
  MATCH (teller:Item {id: one.teller})
  RETURN collect({teller: teller, listeners: one.listeners, takers: one.takers, people: one.people}) AS expected
}
WITH answer, pairs, expected
WHERE size(pairs) + size(expected) > 0 AND NOT EXISTS { (:Prediction {id: answer.id}) }
CREATE (prediction:Prediction {id: answer.id})
SET prediction += answer.properties, prediction.asOf = datetime(answer.asOf), prediction.at = datetime(answer.at)
FOREACH (pair IN pairs |
  CREATE (prediction)-[:FORETOLD]->(chance:Chance {probability: pair.probability})
  FOREACH (teller IN [pair.teller] | CREATE (chance)-[:THAT_TOLD_BY]->(teller))
  FOREACH (listener IN [pair.listener] | CREATE (chance)-[:REACHES]->(listener))
)
FOREACH (one IN expected |
  CREATE (prediction)-[:EXPECTED]->(spread:Spread {listeners: one.listeners, takers: one.takers, people: one.people})
  FOREACH (teller IN [one.teller] | CREATE (spread)-[:OF_WHAT_IS_TOLD_BY]->(teller))
)
