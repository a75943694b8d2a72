// The derivations that made these things, with what went into each and who did it, as far as one may see.
// parameters: audiences, ids
// result: rows
UNWIND $ids AS id
MATCH (made:Item {id: id})<-[:MADE]-(act:Derivation)
WHERE visible(act)
OPTIONAL MATCH (act)-[:USED]->(source:TacitInsight|ExplicitKnowledge)
WHERE visible(source)
WITH made, act, collect(DISTINCT source.id) AS sources
OPTIONAL MATCH (act)-[:BY]->(person:Person)
WHERE visible(person)
RETURN made.id AS result, act.id AS id, act.mode AS mode, act.at.epochMillis AS time, sources,
       collect(DISTINCT [person.id, person.name]) AS people
ORDER BY result, time DESC, id
