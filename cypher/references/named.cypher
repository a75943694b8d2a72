// The people and communities of a name.
// parameters: audiences, name
// result: rows
CALL () {
  MATCH (item:Person)
  WHERE item.name = $name AND visible(item) AND item.id IS NOT NULL
  RETURN item
  UNION ALL
  MATCH (item:Community)
  WHERE item.name = $name AND visible(item) AND item.id IS NOT NULL
  RETURN item
}
RETURN item.id AS id, [label IN labels(item) WHERE label <> 'Item'][0] AS kind
ORDER BY kind, id
