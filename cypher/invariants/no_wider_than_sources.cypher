// Nothing may be seen by more people than what it was drawn from, except by the one whose it is.
// result: rows
MATCH (drawn:Item)<-[:REVEALED|MADE]-(act:Surfacing|Derivation)-[:FROM|USED]->(source:Item)
WHERE source.audience <> 'everyone' AND source.audience <> drawn.audience
CALL (drawn) {
  MATCH (drawn)<-[:REVEALED|MADE]-(:Surfacing|Derivation)-[:BY]->(person:Person)
  RETURN collect('person:' + person.id) AS persons
}
WITH drawn, CASE WHEN drawn.author IS NULL THEN persons ELSE ['person:' + drawn.author] END AS authors
WHERE NOT drawn.audience IN authors
RETURN DISTINCT drawn.id AS id
