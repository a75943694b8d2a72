// What an item may have one of, it has at most once.
// result: rows
MATCH (item:Item)
WHERE COUNT { (item:Story)<-[:TOLD]-() } > 1
  OR COUNT { (item:Conversation)-[:STARTED_BY]->() } > 1
  OR COUNT { (item:Contribution)-[:REPLIES_TO]->() } > 1
  OR COUNT { (item:TacitInsight)-[:HELD_BY]->() } > 1
  OR COUNT { (item:Amplification)-[:AFTER]->() } > 1
  OR COUNT { (item:Derivation)-[:WITHIN]->() } > 1
  OR COUNT { (item:Experiment)-[:FOLLOWS_ON]->() } > 1
  OR COUNT { (item:Observation|Feedback|Support)-[:OF]->() } > 1
  OR COUNT { (item:Observation|Feedback|Support)-[:TO]->() } > 1
RETURN item.id AS id
