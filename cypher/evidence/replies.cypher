// Contributions that answer something, whoever may see them, by audience: who replied to what. Those of a range of ids,
// after one and up to another, and those of some ids.
// parameters: after, upto, ids
// result: rows
CALL () {
  MATCH (act:Item)
  WHERE act.id > $after AND act.id <= $upto AND act:Contribution
  RETURN act
  UNION ALL
  UNWIND $ids AS id
  MATCH (act:Item {id: id})
  WHERE act:Contribution
  RETURN act
}
MATCH (act)-[:REPLIES_TO]->(answered:Contribution|Story)
MATCH (act)<-[:MADE]-(replier:Person)
RETURN act.audience AS audience, collect(act.id) AS acts, collect(act.at.epochMillis) AS times,
       collect(replier.id) AS listeners, collect(answered.id) AS items
