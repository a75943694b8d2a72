// Every derivation up to a moment that the audience may see: how, by whom, out of what, and what came of it, with
// whether that is explicit.
// parameters: audiences, until
// result: one
MATCH (act:Derivation)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
MATCH (act)-[:MADE]->(made:ExplicitKnowledge|TacitInsight)
WHERE visible(made)
CALL (act) {
  OPTIONAL MATCH (act)-[:USED]->(used:TacitInsight|ExplicitKnowledge)
  WHERE visible(used)
  RETURN collect(used.id) AS sources
}
CALL (act) {
  OPTIONAL MATCH (act)-[:BY]->(maker:Person)
  WHERE visible(maker)
  RETURN collect(maker.id) AS makers
}
RETURN collect(made.id) AS made, collect(made:ExplicitKnowledge) AS explicit, collect(sources) AS sources,
       collect(makers) AS makers, collect(act.mode) AS modes, collect(act.at.epochMillis) AS times
