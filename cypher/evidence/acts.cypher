// Acts by which somebody carried something further, saw, answered or supported it, whoever may see them, in ranges of ids.
// They come by kind, by audience and by what they do not say: then a list is empty. Nothing is filled in for what is
// missing, which would cost as much as all the reading.
// parameters: which
// result: rows
UNWIND $which.ranges AS range
MATCH (act:Item)
USING INDEX SEEK act:Item(id)
WHERE act.id >= range.first AND act.id <= range.last
  AND (act:Amplification OR act:Feedback OR act:Observation OR act:Support)
WITH act, CASE
  WHEN act:Amplification THEN 'amplification'
  WHEN act:Feedback THEN 'feedback'
  WHEN act:Observation THEN 'observation'
  ELSE 'support'
END AS kind
RETURN kind, act.audience AS audience, act.undated AS undated, act.of IS NULL AS ofNothing, act.to IS NULL AS toNobody,
       collect(act.id) AS acts, collect(act.at.epochMillis) AS times, collect(act.by) AS listeners,
       collect(act.of) AS items, collect(act.to) AS tellers
