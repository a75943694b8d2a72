// No topic is narrower than itself, no knowledge takes its own place, no contribution answers, and no amplification
// or experiment follows itself, by however long a way round.
// result: rows
CALL () {
  MATCH (item:Topic)-[:NARROWER_THAN]->(next:Topic)
  WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:NARROWER_THAN]->+(item) }
  RETURN item
  UNION
  MATCH (item:ExplicitKnowledge)-[:SUPERSEDES]->(next:ExplicitKnowledge)
  WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:SUPERSEDES]->+(item) }
  RETURN item
  UNION
  MATCH (item:Contribution)-[:REPLIES_TO]->(next:Contribution)
  WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:REPLIES_TO]->+(item) }
  RETURN item
  UNION
  MATCH (item:Amplification)-[:AFTER]->(next:Amplification)
  WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:AFTER]->+(item) }
  RETURN item
  UNION
  MATCH (item:Experiment)-[:FOLLOWS_ON]->(next:Experiment)
  WHERE item = next OR EXISTS { MATCH SHORTEST 1 (next)-[:FOLLOWS_ON]->+(item) }
  RETURN item
}
RETURN DISTINCT item.id AS id
