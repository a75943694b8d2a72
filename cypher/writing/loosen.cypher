// Lets go of an item those that can do without it, before it goes: each loses a link, and so gets a new version.
// parameters: id, now
// result: rows
MATCH (item:Item {id: $id})
CALL (item) {
  MATCH (item)<-[:ABOUT|AFTER|FOLLOWS_ON|NARROWER_THAN|PURSUES|REPLIES_TO|STANDS_FOR|STARTED_BY|SUPERSEDES|WITHIN]-(other:Item)
  RETURN other
  UNION
  MATCH (item:TacitInsight|ExplicitKnowledge)<-[:USED]-(other:Derivation)
  WHERE NOT (other)-[:MADE]->(item)
  RETURN other
  UNION
  MATCH (item:Person)<-[:BY]-(other:Derivation|Experiment)
  RETURN other
}
WITH DISTINCT other
SET other.version = other.version + 1, other.updatedAt = $now
RETURN other.id AS id, [label IN labels(other) WHERE label <> 'Item'][0] AS label
