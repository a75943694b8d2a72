// What was foretold on a community's audience is not kept any more, and what was kept goes: it was made of its members'
// confidences, and named people to whoever reads the graph, even after the community was erased. Some at a time, since
// one answer has a hundred parts.
MATCH (prediction:Prediction)
WHERE prediction.audience <> 'everyone'
CALL (prediction) {
  OPTIONAL MATCH (prediction)-[:FORETOLD|EXPECTED]->(part)
  DETACH DELETE part, prediction
} IN TRANSACTIONS OF 100 ROWS;
