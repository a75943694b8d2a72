// How people took each of these, up to a moment, as far as the audience may see: whether they corrected or appreciated
// it, or recommended or cited it to others. All of it is wanted, so that it is walked from the item.
// parameters: audiences, carried, corrections, items, thanks, until
// result: one
UNWIND $items AS id
MATCH (item:Item {id: id})
WHERE visible(item)
CALL (item) {
  MATCH (item)<-[:OF]-(act:Feedback)
  WHERE visible(act) AND act.at <= $until AND act.kind IN $thanks + $corrections
  MATCH (act)-[:BY]->(person:Person)
  WHERE visible(person)
  RETURN act.kind IN $thanks AS liked, person.id AS person
  UNION
  MATCH (item)<-[:OF]-(act:Amplification)
  WHERE visible(act) AND act.at <= $until AND act.kind IN $carried
  MATCH (act)-[:BY]->(person:Person)
  WHERE visible(person)
  RETURN true AS liked, person.id AS person
}
RETURN collect(item.id) AS items, collect(person) AS people, collect(liked) AS liked
