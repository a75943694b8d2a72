// What else evidence is made of in ranges of ids, by kind and audience, whoever may see it: people, works, contributions,
// which may answer something as well, and derivations.
// parameters: which
// result: rows
UNWIND $which.ranges AS range
MATCH (item:Item)
USING INDEX SEEK item:Item(id)
WHERE item.id >= range.first AND item.id <= range.last
  AND (item:Contribution OR item:Derivation OR item:ExplicitKnowledge OR item:Person OR item:Story OR item:TacitInsight)
WITH item, CASE
  WHEN item:Person THEN 'person'
  WHEN item:Contribution THEN 'contribution'
  WHEN item:Derivation THEN 'derivation'
  ELSE 'work'
END AS kind
RETURN kind, item.audience AS audience, collect(item.id) AS ids
