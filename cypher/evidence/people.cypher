// People by audience, whoever may know of them: those of a range of ids, after one and up to another, and those of some ids.
// parameters: after, upto, ids
// result: rows
CALL () {
  MATCH (person:Item)
  WHERE person.id > $after AND person.id <= $upto AND person:Person
  RETURN person
  UNION ALL
  UNWIND $ids AS id
  MATCH (person:Item {id: id})
  WHERE person:Person
  RETURN person
}
RETURN person.audience AS audience, collect(person.id) AS people
