// What people told, said, know and made among some ids, whoever may see it, by audience, with whose it is: an empty
// string for nobody's, and for knowledge, whose makers its derivations name.
// parameters: which
// result: rows
UNWIND $which.ids AS id
MATCH (item:Item {id: id})
WHERE item:Contribution OR item:ExplicitKnowledge OR item:Story OR item:TacitInsight
OPTIONAL MATCH (item)-[:HELD_BY|MADE|TOLD]-(author:Person)
RETURN item.audience AS audience, collect(item.id) AS items, collect(coalesce(author.id, '')) AS authors
