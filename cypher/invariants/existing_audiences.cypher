// An audience is everyone, or named after an organisation, a community or a person that is there.
// result: rows
MATCH (item:Item)
WHERE item.audience <> 'everyone'
WITH item.audience AS audience, min(item.id) AS id
WITH audience, id, split(audience, ':') AS named
OPTIONAL MATCH (place:Item {id: named[1]})
WITH audience, id, named[0] AS kind, place
WHERE place IS NULL OR NOT (
  (kind = 'organisation' AND place:Organisation) OR (kind = 'community' AND place:Community) OR (kind = 'person' AND place:Person)
)
RETURN id
