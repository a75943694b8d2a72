// What was asked of each of these people since a moment, as far as the audience may see: replies to what they told or
// said, and feedback to them that asks something; with when, in which conversation or on what, and by whom.
// parameters: audiences, people, since, until
// result: one
UNWIND $people AS one
CALL (one) {
  MATCH (person:Item {id: one})-[:TOLD|MADE]->(item:Story|Contribution)<-[:REPLIES_TO]-(act:Contribution)
  WHERE visible(person) AND visible(item) AND visible(act) AND act.at >= $since AND act.at <= $until
  MATCH (act)<-[:MADE]-(asker:Person)
  WHERE visible(asker)
  RETURN act, act.conversation AS place, asker
  UNION
  MATCH (act:Feedback)
  WHERE act.to = one AND act.at >= $since AND act.at <= $until AND act.id IS NOT NULL AND visible(act)
    AND (act.kind = 'question' OR (act.kind = 'comment' AND act.text CONTAINS '?'))
  MATCH (act)-[:BY]->(asker:Person)
  WHERE visible(asker)
  RETURN act, act.of AS place, asker
}
RETURN collect(one) AS people, collect(act.at.epochMillis) AS times, collect(coalesce(place, '')) AS places,
       collect(asker.id) AS askers, collect(act:Contribution) AS said
