// What people told, said, know and made, whoever may see it, by audience, with whose it is: an empty string for nobody's,
// and for knowledge, whose makers its derivations name. Those of a range of ids, after one and up to another, and those
// of some ids.
// parameters: after, upto, ids
// result: rows
CALL () {
  MATCH (item:Item)
  WHERE item.id > $after AND item.id <= $upto
    AND (item:Contribution OR item:ExplicitKnowledge OR item:Story OR item:TacitInsight)
  RETURN item
  UNION ALL
  UNWIND $ids AS id
  MATCH (item:Item {id: id})
  WHERE item:Contribution OR item:ExplicitKnowledge OR item:Story OR item:TacitInsight
  RETURN item
}
OPTIONAL MATCH (item)<-[:MADE|TOLD]-(author:Person)
OPTIONAL MATCH (item)-[:HELD_BY]->(holder:Person)
RETURN item.audience AS audience, collect(item.id) AS items, collect(coalesce(author.id, holder.id, '')) AS authors
