// A reply stands in one conversation with what it answers, or answers the story that started it; an amplification
// follows one of the same item.
// result: rows
CALL () {
  MATCH (item:Contribution)-[:REPLIES_TO]->(other:Contribution)
  WHERE item.conversation <> other.conversation
  RETURN item
  UNION
  MATCH (place:Conversation)<-[:PART_OF]-(item:Contribution)-[:REPLIES_TO]->(story:Story)
  WHERE NOT EXISTS { (place)-[:STARTED_BY]->(story) }
  RETURN item
  UNION
  MATCH (item:Amplification)-[:AFTER]->(other:Amplification)
  WHERE item.of <> other.of
  RETURN item
}
RETURN DISTINCT item.id AS id
