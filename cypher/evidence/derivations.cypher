// Derivations of knowledge, whoever may see them, by audience: what each made and by whom, a row for each person. Those of
// a range of ids, after one and up to another, those of some ids, and those that made some things.
// parameters: after, upto, ids, made
// result: rows
CALL () {
  MATCH (derivation:Item)
  WHERE derivation.id > $after AND derivation.id <= $upto AND derivation:Derivation
  RETURN derivation
  UNION
  UNWIND $ids AS id
  MATCH (derivation:Item {id: id})
  WHERE derivation:Derivation
  RETURN derivation
  UNION
  UNWIND $made AS id
  MATCH (:Item {id: id})<-[:MADE]-(derivation:Derivation)
  RETURN derivation
}
MATCH (derivation)-[:MADE]->(item:ExplicitKnowledge)
MATCH (derivation)-[:BY]->(author:Person)
RETURN derivation.audience AS audience, collect(derivation.id) AS derivations, collect(item.id) AS items,
       collect(author.id) AS authors
