// Every story and contribution after one moment and up to another that the audience may see: when, by whom, whether it
// is a story, and what it answers: an empty string for nobody and nothing that it may know of.
// parameters: after, audiences, until
// result: one
CALL () {
  MATCH (item:Story)
  WHERE visible(item) AND item.at > $after AND item.at <= $until AND item.id IS NOT NULL
  OPTIONAL MATCH (item)<-[:TOLD]-(teller:Person)
  WHERE visible(teller)
  RETURN item.id AS id, item.at.epochMillis AS time, teller.id AS teller, true AS story, '' AS answered
  UNION ALL
  MATCH (item:Contribution)
  WHERE visible(item) AND item.at > $after AND item.at <= $until AND item.id IS NOT NULL
  OPTIONAL MATCH (item)<-[:MADE]-(teller:Person)
  WHERE visible(teller)
  OPTIONAL MATCH (item)-[:REPLIES_TO]->(before:Story|Contribution)
  WHERE visible(before)
  RETURN item.id AS id, item.at.epochMillis AS time, teller.id AS teller, false AS story, coalesce(before.id, '') AS answered
}
RETURN collect(id) AS items, collect(time) AS times, collect(coalesce(teller, '')) AS tellers, collect(story) AS stories,
       collect(answered) AS answered
