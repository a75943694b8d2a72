// Acts by which somebody carried something further, saw, answered or supported it, whoever may see them: those of a
// range of ids, after one and up to another, and those of some ids. By kind and audience; an empty string where an act
// does not say. Of an amplification the teller is who carried it before, with the audience of that act; the time of
// what is undated is far below every other.
// parameters: after, upto, ids
// result: rows
CALL () {
  MATCH (act:Item)
  WHERE act.id > $after AND act.id <= $upto AND (act:Amplification OR act:Feedback OR act:Observation OR act:Support)
  RETURN act
  UNION ALL
  UNWIND $ids AS id
  MATCH (act:Item {id: id})
  WHERE act:Amplification OR act:Feedback OR act:Observation OR act:Support
  RETURN act
}
OPTIONAL MATCH (act:Amplification)-[:AFTER]->(before:Amplification)
WITH act, before, CASE
  WHEN act:Amplification THEN 'amplification'
  WHEN act:Feedback THEN 'feedback'
  WHEN act:Observation THEN 'observation'
  ELSE 'support'
END AS kind
RETURN kind, act.audience AS audience, coalesce(before.audience, '') AS earlier, collect(act.id) AS acts,
       collect(CASE WHEN act.undated THEN -4611686018427387904 ELSE act.at.epochMillis END) AS times,
       collect(coalesce(act.by, '')) AS listeners, collect(coalesce(act.of, '')) AS items,
       collect(CASE WHEN act:Amplification THEN coalesce(before.by, '') ELSE coalesce(act.to, '') END) AS tellers
