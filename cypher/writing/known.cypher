// What a write has to know of the items that it names. It finds hidden items too, so that a write never makes a second
// one: whether the viewer may see each is told, and what is hidden is answered like what is absent.
// All in one row: the driver takes a row for every item fifty times as long.
// parameters: ids, audiences
// result: one
UNWIND $ids AS id
MATCH (item:Item {id: id})
RETURN collect([
  item.id,
  [label IN labels(item) WHERE label <> 'Item'][0],
  item.version,
  item.author,
  item.audience,
  visible(item),
  CASE WHEN item:Conversation THEN head([(item)-[:STARTED_BY]->(story:Story) | story.id])
       ELSE coalesce(item.conversation, item.of) END
]) AS items
