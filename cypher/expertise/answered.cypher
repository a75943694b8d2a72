// What each of these people said or answered since a moment, as far as the audience may see: contributions, with their
// conversation, and feedback, with what it is on and to whom; an empty string where it does not say.
// parameters: audiences, people, since, until
// result: one
UNWIND $people AS one
CALL (one) {
  MATCH (person:Item {id: one})-[:MADE]->(act:Contribution)
  WHERE visible(person) AND visible(act) AND act.at >= $since AND act.at <= $until
  RETURN act, act.conversation AS place
  UNION
  MATCH (act:Feedback)
  WHERE act.by = one AND act.at >= $since AND act.at <= $until AND act.id IS NOT NULL AND visible(act)
  RETURN act, act.of AS place
}
RETURN collect(one) AS people, collect(act.at.epochMillis) AS times, collect(coalesce(place, '')) AS places,
       collect(coalesce(act.to, '')) AS askers, collect(act:Contribution) AS said
