// How people took each of these, up to a moment, as far as the audience may see: whether they corrected or appreciated
// it, or recommended or cited it to others.
// parameters: audiences, carried, corrections, items, thanks, until
// result: one
UNWIND $items AS id
CALL (id) {
  MATCH (act:Feedback)
  WHERE act.of = id AND act.at <= $until AND act.id IS NOT NULL AND act.kind IN $thanks + $corrections
    AND visible(act)
  MATCH (act)-[:BY]->(person:Person)
  WHERE visible(person)
  RETURN act.kind IN $thanks AS liked, person.id AS person
  UNION
  MATCH (act:Amplification)
  WHERE act.of = id AND act.at <= $until AND act.id IS NOT NULL AND act.kind IN $carried AND visible(act)
  MATCH (act)-[:BY]->(person:Person)
  WHERE visible(person)
  RETURN true AS liked, person.id AS person
}
RETURN collect(id) AS items, collect(person) AS people, collect(liked) AS liked
