// Keeps a new key; answers nothing where the person that it is for is not there.
// parameters: person, properties
// result: one
OPTIONAL MATCH (person:Item {id: $person})
WHERE person:Person
WITH person
WHERE $person IS NULL OR person IS NOT NULL
CREATE (key:ApiKey)
SET key = $properties, key.person = person.id
RETURN key.id AS id
