// How much each of these people said and answered since a moment, as far as the audience may see: contributions and
// feedback.
// parameters: audiences, people, since, until
// result: one
UNWIND $people AS one
CALL (one) {
  MATCH (person:Item {id: one})-[:MADE]->(act:Contribution)
  WHERE visible(person) AND visible(act) AND act.at >= $since AND act.at <= $until
  RETURN act
  UNION
  MATCH (act:Feedback)
  WHERE act.by = one AND act.at >= $since AND act.at <= $until AND act.id IS NOT NULL AND visible(act)
  RETURN act
}
WITH one, count(act) AS acts
RETURN collect(one) AS people, collect(acts) AS acts
