// Who told, remembers or said something about which topic up to a moment, as far as the audience may know: flat lists, a
// place for each person and topic.
// parameters: at, audiences
// result: one
MATCH (topic:Topic)
WHERE visible(topic) AND topic.at IS NOT NULL AND topic.id IS NOT NULL
CALL (topic) {
  MATCH (topic)<-[:ABOUT]-(story:Story)<-[:TOLD]-(person:Person)
  WHERE visible(story) AND story.at <= $at
  RETURN person
  UNION
  MATCH (topic)<-[:ABOUT]-(insight:TacitInsight)-[:HELD_BY]->(person:Person)
  WHERE visible(insight) AND insight.at <= $at
  RETURN person
  UNION
  MATCH (topic)<-[:ABOUT]-(talk:Conversation)<-[:PART_OF]-(said:Contribution)<-[:MADE]-(person:Person)
  WHERE visible(talk) AND visible(said) AND said.at <= $at
  RETURN person
}
WITH topic, person
WHERE visible(person)
RETURN collect(topic.id) AS topics, collect(person.id) AS people
