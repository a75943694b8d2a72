// The contributions among some ids that answer something, whoever may see them, by audience: who replied to what.
// parameters: which
// result: rows
UNWIND $which.ids AS id
MATCH (act:Item {id: id})
WHERE act:Contribution
MATCH (act)-[:REPLIES_TO]->(answered:Contribution|Story)
MATCH (act)<-[:MADE]-(replier:Person)
RETURN act.audience AS audience, collect(act.id) AS ids, collect(act.at.epochMillis) AS times,
       collect(replier.id) AS listeners, collect(answered.id) AS items
