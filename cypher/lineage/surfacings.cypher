// The surfacings that revealed these insights, with what each came out of and who noticed it, as far as one may see.
// parameters: audiences, ids
// result: rows
UNWIND $ids AS id
MATCH (revealed:Item {id: id})<-[:REVEALED]-(act:Surfacing)
WHERE visible(act)
OPTIONAL MATCH (act)-[:FROM]->(source:Story|Contribution)
WHERE visible(source)
WITH revealed, act, collect(DISTINCT source.id) AS sources
OPTIONAL MATCH (act)-[:BY]->(person:Person)
WHERE visible(person)
RETURN revealed.id AS result, act.id AS id, act.at.epochMillis AS time, sources,
       collect(DISTINCT [person.id, person.name]) AS people
ORDER BY result, time DESC, id
