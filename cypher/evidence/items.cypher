// What evidence is made of in ranges of ids, whoever may see it, by kind and audience: acts by which somebody carried
// something further, saw, answered or supported it; people; works; contributions, which may answer something as well; and
// derivations. All of it in one walk, which is most of what reading it costs.
// Acts come also by what they do not say: then a list is empty. Nothing is filled in for what is missing, which would cost
// as much as all the reading.
// parameters: which
// result: rows
UNWIND $which.ranges AS range
MATCH (item:Item)
USING INDEX SEEK item:Item(id)
WHERE item.id >= range.first AND item.id <= range.last
  AND (item:Amplification OR item:Contribution OR item:Derivation OR item:ExplicitKnowledge OR item:Feedback
    OR item:Observation OR item:Person OR item:Story OR item:Support OR item:TacitInsight)
WITH item, CASE
  WHEN item:Amplification THEN 'amplification'
  WHEN item:Feedback THEN 'feedback'
  WHEN item:Observation THEN 'observation'
  WHEN item:Support THEN 'support'
  WHEN item:Person THEN 'person'
  WHEN item:Contribution THEN 'contribution'
  WHEN item:Derivation THEN 'derivation'
  ELSE 'work'
END AS kind
RETURN kind, item.audience AS audience, item.undated AS undated, item.of IS NULL AS ofNothing, item.to IS NULL AS toNobody,
       collect(item.id) AS ids, collect(item.at.epochMillis) AS times, collect(item.by) AS listeners,
       collect(item.of) AS items, collect(item.to) AS tellers
