// Who told, said, knew or made something about a topic, or about one that belongs under it, up to a moment, as far as
// the audience may know.
// parameters: at, audiences, topic
// result: one
MATCH (topic:Item {id: $topic})
WHERE topic:Topic AND visible(topic)
MATCH (topic) (()<-[:NARROWER_THAN]-(under:Topic) WHERE visible(under)){0,10} ()
UNWIND [topic] + under AS about
WITH DISTINCT about
MATCH (about)<-[:ABOUT]-(item:Story|Conversation|TacitInsight|ExplicitKnowledge)
WHERE visible(item) AND item.at <= $at
WITH DISTINCT item
CALL (item) {
  MATCH (item)<-[:TOLD]-(person:Person)
  RETURN person
  UNION
  MATCH (item)-[:HELD_BY]->(person:Person)
  RETURN person
  UNION
  MATCH (item)<-[:PART_OF]-(said:Contribution)<-[:MADE]-(person:Person)
  WHERE visible(said) AND said.at <= $at
  RETURN person
  UNION
  MATCH (item)<-[:MADE]-(derivation:Derivation)-[:BY]->(person:Person)
  WHERE visible(derivation) AND derivation.at <= $at
  RETURN person
}
WITH person
WHERE visible(person)
RETURN collect(DISTINCT person.id) AS people
