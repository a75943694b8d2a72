// Everything of one kind that a viewer may see, with its links to what they may see; the compiler puts the kind's label
// in the place of `Item`.
// parameters: audiences
// result: rows
MATCH (item:Item)
WHERE visible(item) AND item.at IS NOT NULL AND item.id IS NOT NULL
RETURN
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
  } AS properties,
  COLLECT {
    MATCH (item)-[link:ABOUT|AFTER|BY|FOLLOWS_ON|FROM|HELD_BY|IN|INTO|NARROWER_THAN|OF|PART_OF|PURSUES|REPLIES_TO|REVEALED|STANDS_FOR|STARTED_BY|SUPERSEDES|TESTED|TO|USED|WITHIN]->(target:Item)
    WHERE visible(target)
    RETURN [type(link), target.id]
  } +
  COLLECT {
    MATCH (item:Derivation)-[link:MADE]->(target:Item)
    WHERE visible(target)
    RETURN [type(link), target.id]
  } +
  COLLECT {
    MATCH (item:Account|Contribution|Membership|Position|StageChange|Story)<-[link:HAS|MADE|REACHED|TOLD]-(target:Item)
    WHERE visible(target)
    RETURN [type(link), target.id]
  } AS links
