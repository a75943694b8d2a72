// What is about a topic, or about one that belongs under it, up to a moment, as far as the audience may see: insights,
// knowledge, stories, and all that was said in conversations about it; and how many topics those are.
// parameters: audiences, topic, until
// result: one
MATCH (topic:Item {id: $topic})
WHERE topic:Topic AND visible(topic)
MATCH (topic) (()<-[:NARROWER_THAN]-(under:Topic) WHERE visible(under)){0,10} ()
UNWIND [topic] + under AS about
WITH collect(DISTINCT about) AS topics
OPTIONAL CALL (topics) {
  UNWIND topics AS about
  MATCH (about)<-[:ABOUT]-(item:Story|TacitInsight|ExplicitKnowledge)
  WHERE visible(item) AND item.at <= $until
  RETURN item.id AS id
  UNION
  UNWIND topics AS about
  MATCH (about)<-[:ABOUT]-(talk:Conversation)<-[:PART_OF]-(item:Contribution)
  WHERE visible(talk) AND visible(item) AND item.at <= $until
  RETURN item.id AS id
}
RETURN size(topics) AS topics, collect(id) AS items
