// Everybody whom the audience may know of.
// parameters: audiences
// result: one
MATCH (person:Person)
WHERE visible(person) AND person.at IS NOT NULL AND person.id IS NOT NULL
RETURN collect(person.id) AS ids
