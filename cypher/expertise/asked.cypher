// What was asked of each of these people since a moment, as far as the audience may see: replies to what they told or
// said, and feedback to them that asks something; with when, and the first moment after it at which they answered: said
// something in the same conversation, or gave feedback on the same thing or to whoever asked.
// parameters: audiences, people, since, until
// result: one
UNWIND $people AS one
CALL (one) {
  MATCH (person:Item {id: one})-[:TOLD|MADE]->(item:Story|Contribution)<-[:REPLIES_TO]-(act:Contribution)
  WHERE visible(person) AND visible(item) AND visible(act) AND act.at >= $since AND act.at <= $until
  MATCH (act)<-[:MADE]-(asker:Person)
  WHERE visible(asker) AND asker <> person
  CALL (act, person) {
    MATCH (reply:Contribution)<-[:MADE]-(person)
    WHERE reply.conversation = act.conversation AND reply.at > act.at AND reply.at <= $until AND reply.id IS NOT NULL
      AND visible(reply)
    RETURN min(reply.at) AS answered
  }
  RETURN act, answered
  UNION
  MATCH (act:Feedback)
  WHERE act.to = one AND act.at >= $since AND act.at <= $until AND act.id IS NOT NULL AND visible(act)
    AND (act.kind = 'question' OR (act.kind = 'comment' AND act.text CONTAINS '?'))
  MATCH (act)-[:BY]->(asker:Person)
  WHERE visible(asker) AND asker.id <> one
  CALL (act, one) {
    MATCH (reply:Feedback)
    WHERE reply.by = one AND reply.at > act.at AND reply.at <= $until AND reply.id IS NOT NULL AND visible(reply)
      AND (reply.of = act.of OR reply.to = act.by)
    RETURN min(reply.at) AS answered
  }
  RETURN act, answered
}
RETURN collect(one) AS people, collect(act.at.epochMillis) AS times,
       collect(coalesce(answered.epochMillis, 0)) AS answers
