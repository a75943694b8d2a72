// Erases an item with its evidence, and what was foretold of a person.
// parameters: id
// result: rows
MATCH (item:Item {id: $id})
CALL (item) {
  MATCH (item)<-[:THAT_TOLD_BY|REACHES|OF_WHAT_IS_TOLD_BY]-(foretold:Chance|Spread)
  DETACH DELETE foretold
}
CALL (item) {
  RETURN item AS gone
  UNION
  MATCH (item)<-[:OF|FROM|REVEALED|TO]-(gone:Item)
  RETURN gone
  UNION
  MATCH (item:TacitInsight|ExplicitKnowledge)<-[:MADE]-(gone:Derivation)
  RETURN gone
  UNION
  MATCH (item:Person)-[:HAS]->(gone:Item)
  RETURN gone
  UNION
  MATCH (item:Person)<-[:BY]-(gone:Grant)
  RETURN gone
  UNION
  MATCH (item:Community)-[:REACHED]->(gone:Item)
  RETURN gone
  UNION
  MATCH (item:Community)<-[:INTO]-(gone:Invitation)
  RETURN gone
  UNION
  MATCH (item:ExplicitKnowledge)<-[:TESTED]-(gone:Experiment)
  RETURN gone
}
WITH DISTINCT gone, gone.id AS id, [label IN labels(gone) WHERE label <> 'Item'][0] AS label, gone.audience AS audience,
  gone.author AS author
DETACH DELETE gone
RETURN id, label, audience, author
