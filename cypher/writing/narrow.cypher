// What was drawn from these items and may now be seen by more people than they: each becomes its author's alone.
// The author is whose item it is, or, where nobody is, who noticed or made it; of several the first by id.
// parameters: ids, now
// result: rows
UNWIND $ids AS id
MATCH (source:Item {id: id})
WHERE source.audience <> 'everyone'
MATCH (source)<-[:FROM|USED]-(act:Surfacing|Derivation)-[:REVEALED|MADE]->(drawn:Item)
WITH DISTINCT source, drawn
CALL (drawn) {
  MATCH (drawn)<-[:REVEALED|MADE]-(:Surfacing|Derivation)-[:BY]->(person:Person)
  RETURN min(person.id) AS first, collect('person:' + person.id) AS persons
}
WITH drawn, 'person:' + coalesce(drawn.author, first) AS alone, collect(DISTINCT source.audience) AS audiences,
  CASE WHEN drawn.author IS NULL THEN persons ELSE ['person:' + drawn.author] END AS authors
WHERE NOT drawn.audience IN authors AND any(audience IN audiences WHERE audience <> drawn.audience)
SET drawn.audience = alone, drawn.version = drawn.version + 1, drawn.updatedAt = $now
RETURN drawn.id AS id, [label IN labels(drawn) WHERE label <> 'Item'][0] AS label
