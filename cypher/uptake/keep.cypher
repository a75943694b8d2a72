// Keeps what an answer foretold: the chance that what one person tells is taken up by another. The same foretold again
// is kept once; whoever is erased is out of it.
// parameters: id, pairs, properties
// result: write
UNWIND $pairs AS pair
MATCH (teller:Item {id: pair.teller})
MATCH (listener:Item {id: pair.listener})
WITH collect({teller: teller, listener: listener, probability: pair.probability}) AS pairs
WHERE size(pairs) > 0 AND NOT EXISTS { (:Prediction {id: $id}) }
CREATE (prediction:Prediction {id: $id})
SET prediction += $properties
WITH prediction, pairs
UNWIND pairs AS pair
WITH prediction, pair.teller AS teller, pair.listener AS listener, pair.probability AS probability
CREATE (prediction)-[:FORETOLD]->(chance:Chance {probability: probability}),
       (chance)-[:THAT_TOLD_BY]->(teller), (chance)-[:REACHES]->(listener)
