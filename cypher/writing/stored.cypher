// Items as they are recorded, in one row: their properties, instants as text, and every link that they hold, with whether
// the viewer sees its target. The three patterns are all links that the model declares: those that run from an item, those
// that a derivation has beside them, and those that run to it from what it belongs to.
// parameters: ids, audiences
// result: one
UNWIND $ids AS id
MATCH (item:Item {id: id})
RETURN collect([
  item {
    .*,
    at: toString(item.at),
    createdAt: toString(item.createdAt),
    updatedAt: toString(item.updatedAt),
    happenedAt: toString(item.happenedAt),
    eventAt: toString(item.eventAt),
    since: toString(item.since),
    until: toString(item.until),
    from: toString(item.from)
  },
  COLLECT {
    MATCH (item)-[link:ABOUT|AFTER|BY|FOLLOWS_ON|FROM|HELD_BY|IN|INTO|NARROWER_THAN|OF|PART_OF|PURSUES|REPLIES_TO|REVEALED|STANDS_FOR|STARTED_BY|SUPERSEDES|TESTED|TO|USED|WITHIN]->(target:Item)
    RETURN [type(link), target.id, visible(target)]
  } +
  COLLECT {
    MATCH (item:Derivation)-[link:MADE]->(target:Item)
    RETURN [type(link), target.id, visible(target)]
  } +
  COLLECT {
    MATCH (item:Account|Contribution|Membership|Position|StageChange|Story)<-[link:HAS|MADE|REACHED|TOLD]-(target:Item)
    RETURN [type(link), target.id, visible(target)]
  }
]) AS items
