// What is about a topic, or about one that belongs under it, as far as the audience may see: stories, insights,
// knowledge, and all that was said in conversations about it.
// parameters: audiences, topic
// result: one
MATCH (topic:Item {id: $topic})
WHERE topic:Topic AND visible(topic)
MATCH (topic) (()<-[:NARROWER_THAN]-(under:Topic) WHERE visible(under)){0,10} ()
UNWIND [topic] + under AS about
WITH DISTINCT about
MATCH (about)<-[:ABOUT]-(item:Story|Conversation|TacitInsight|ExplicitKnowledge)
WHERE visible(item)
WITH DISTINCT item
OPTIONAL MATCH (item)<-[:PART_OF]-(said:Contribution)
WHERE visible(said)
WITH item, collect(said.id) AS said
UNWIND [item.id] + said AS id
RETURN collect(DISTINCT id) AS items
