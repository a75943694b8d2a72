// What else evidence is made of in a range of ids, after one and up to another, by kind and audience, whoever may see it:
// people, works, contributions, which may answer something as well, and derivations.
// parameters: which
// result: rows
MATCH (item:Item)
USING INDEX SEEK item:Item(id)
WHERE item.id > $which.after AND item.id <= $which.upto
  AND (item:Contribution OR item:Derivation OR item:ExplicitKnowledge OR item:Person OR item:Story OR item:TacitInsight)
WITH item, CASE
  WHEN item:Person THEN 'person'
  WHEN item:Contribution THEN 'contribution'
  WHEN item:Derivation THEN 'derivation'
  ELSE 'work'
END AS kind
RETURN kind, item.audience AS audience, collect(item.id) AS ids
