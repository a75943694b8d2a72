// The people among some ids by audience, whoever may know of them.
// parameters: which
// result: rows
UNWIND $which.ids AS id
MATCH (person:Item {id: id})
WHERE person:Person
RETURN person.audience AS audience, collect(person.id) AS people
