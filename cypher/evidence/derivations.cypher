// Derivations of knowledge, whoever may see them, by audience: what each made and by whom, a row for each person. Those
// of some ids, and those that made some things.
// parameters: which
// result: rows
CALL () {
  UNWIND $which.ids AS id
  MATCH (derivation:Item {id: id})
  WHERE derivation:Derivation
  RETURN derivation
  UNION
  UNWIND $which.made AS id
  MATCH (:Item {id: id})<-[:MADE]-(derivation:Derivation)
  RETURN derivation
}
MATCH (derivation)-[:MADE]->(item:ExplicitKnowledge)
MATCH (derivation)-[:BY]->(author:Person)
RETURN derivation.audience AS audience, collect(derivation.id) AS derivations, collect(item.id) AS items,
       collect(author.id) AS authors
