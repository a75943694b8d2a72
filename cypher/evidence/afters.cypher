// Amplifications that came after another, whoever may see them, by the audience of that other: who carried it before.
// Those of a range of ids, after one and up to another, and those of some ids.
// parameters: which
// result: rows
CALL () {
  MATCH (act:Item)
  WHERE act.id > $which.after AND act.id <= $which.upto AND act:Amplification
  RETURN act
  UNION ALL
  UNWIND $which.ids AS id
  MATCH (act:Item {id: id})
  WHERE act:Amplification
  RETURN act
}
MATCH (act)-[:AFTER]->(before:Amplification)
RETURN before.audience AS audience, collect(act.id) AS acts, collect(coalesce(before.by, '')) AS tellers
