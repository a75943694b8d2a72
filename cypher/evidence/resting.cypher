// The acts that show something through one of these: what was done with it, what answers it, what came after it, and all
// that of what it made.
// parameters: which
// result: one
UNWIND $which.ids AS id
MATCH (item:Item {id: id})
CALL (item) {
  MATCH (item)<-[:AFTER|OF|REPLIES_TO]-(act:Item)
  RETURN act
  UNION
  MATCH (item:Derivation)-[:MADE]->(:ExplicitKnowledge)<-[:OF]-(act:Item)
  RETURN act
}
RETURN collect(DISTINCT act.id) AS acts
