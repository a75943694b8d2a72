// All explicit knowledge up to a moment, with who made it, carried it further or tried it out, as far as the audience may
// know; what has been superseded is left out.
// parameters: at, audiences
// result: one
MATCH (knowledge:ExplicitKnowledge)
WHERE visible(knowledge) AND knowledge.at IS NOT NULL AND knowledge.id IS NOT NULL AND knowledge.at <= $at
  AND NOT EXISTS {
    MATCH (knowledge)<-[:SUPERSEDES]-(later:ExplicitKnowledge)
    WHERE visible(later) AND later.at <= $at
  }
CALL (knowledge) {
  MATCH (knowledge)<-[:MADE]-(derivation:Derivation)-[:BY]->(person:Person)
  WHERE visible(derivation) AND visible(person) AND derivation.at <= $at
  RETURN person.id AS carrier
  UNION
  MATCH (act:Amplification)-[:BY]->(person:Person)
  WHERE act.of = knowledge.id AND visible(act) AND visible(person) AND act.at <= $at AND act.id IS NOT NULL
  RETURN person.id AS carrier
  UNION
  MATCH (knowledge)<-[:TESTED]-(experiment:Experiment)-[:BY]->(person:Person)
  WHERE visible(experiment) AND visible(person) AND experiment.at <= $at
  RETURN person.id AS carrier
}
WITH knowledge, collect(carrier) AS carriers
RETURN collect(knowledge.id) AS ids, collect(knowledge.at.epochMillis) AS times, collect(carriers) AS people
