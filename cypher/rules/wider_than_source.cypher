// Which of these insights and pieces of knowledge could be seen by somebody who can't see what they were drawn from.
// Sure is only: the source is for everyone, or both have the same audience, or what was drawn is for an author alone.
// parameters: ids
// result: rows
UNWIND $ids AS id
MATCH (drawn:Item {id: id})<-[:REVEALED|MADE]-(act:Surfacing|Derivation)-[:FROM|USED]->(source:Item)
WHERE source.audience <> 'everyone' AND source.audience <> drawn.audience
CALL (drawn) {
  MATCH (drawn)<-[:REVEALED|MADE]-(:Surfacing|Derivation)-[:BY]->(person:Person)
  RETURN collect('person:' + person.id) AS persons
}
WITH drawn, CASE WHEN drawn.author IS NULL THEN persons ELSE ['person:' + drawn.author] END AS authors
WHERE NOT drawn.audience IN authors
RETURN DISTINCT drawn.id AS id
