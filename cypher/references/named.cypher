// The people, communities, organisations, topics and purposes of a name, of the kinds that are asked for.
// parameters: audiences, kinds, name
// result: rows
CALL () {
  MATCH (item:Person)
  WHERE 'Person' IN $kinds AND item.name = $name AND visible(item) AND item.id IS NOT NULL
  RETURN item
  UNION ALL
  MATCH (item:Community)
  WHERE 'Community' IN $kinds AND item.name = $name AND visible(item) AND item.id IS NOT NULL
  RETURN item
  UNION ALL
  MATCH (item:Organisation)
  WHERE 'Organisation' IN $kinds AND item.name = $name AND visible(item) AND item.id IS NOT NULL
  RETURN item
  UNION ALL
  MATCH (item:Topic)
  WHERE 'Topic' IN $kinds AND item.name = $name AND visible(item) AND item.id IS NOT NULL
  RETURN item
  UNION ALL
  MATCH (item:Purpose)
  WHERE 'Purpose' IN $kinds AND item.name = $name AND visible(item) AND item.id IS NOT NULL
  RETURN item
}
RETURN item.id AS id, [label IN labels(item) WHERE label <> 'Item'][0] AS kind
ORDER BY kind, id
