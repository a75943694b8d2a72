// Those of some people, whom the audience knows of, who had been recorded by a moment.
// parameters: at, which
// result: one
UNWIND $which.ids AS id
MATCH (person:Item {id: id})
WHERE person.at <= $at
RETURN collect(person.id) AS people
