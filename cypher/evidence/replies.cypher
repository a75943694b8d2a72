// Every reply that the audience may see: by whom and to what. What is not among the people and items of the audience is
// nothing to it.
// parameters: audiences
// result: one
MATCH (act:Contribution)
WHERE visible(act) AND act.at IS NOT NULL AND act.id IS NOT NULL
MATCH (act)-[:REPLIES_TO]->(answered:Contribution|Story)
MATCH (act)<-[:MADE]-(replier:Person)
RETURN collect(act.id) AS acts, collect(act.at.epochMillis) AS times, collect(replier.id) AS listeners,
       collect(answered.id) AS items, collect('') AS tellers
