// The ids that an event repeats, for pages to walk, are those of what it is linked to.
// result: rows
MATCH (item:Amplification|Observation|Feedback|Support|Contribution|Membership|Holding|Experiment|Invitation|Grant)
WITH item, CASE
  WHEN item:Contribution THEN [[item.conversation, head([(item)-[:PART_OF]->(end) | end.id])]]
  WHEN item:Membership THEN [
    [item.person, head([(item)<-[:HAS]-(end) | end.id])],
    [item.community, head([(item)-[:IN]->(end) | end.id])]
  ]
  WHEN item:Experiment THEN [[item.tested, head([(item)-[:TESTED]->(end) | end.id])]]
  WHEN item:Invitation THEN [
    [item.by, head([(item)-[:BY]->(end) | end.id])],
    [item.to, head([(item)-[:TO]->(end) | end.id])],
    [item.community, head([(item)-[:INTO]->(end) | end.id])]
  ]
  ELSE [
    [item.by, head([(item)-[:BY]->(end) | end.id])],
    [item.of, head([(item)-[:OF]->(end) | end.id])],
    [item.to, head([(item)-[:TO]->(end) | end.id])]
  ]
END AS pairs
WHERE any(pair IN pairs WHERE coalesce(pair[0], '') <> coalesce(pair[1], ''))
RETURN item.id AS id
