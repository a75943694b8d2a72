// What would be left without something it needs if this item went: what it is by, part of, in or used of, what a person
// told or holds, and everything whose audience is named after it. Counted by kind, apart for what the viewer can't see.
// parameters: id, audiences
// result: rows
MATCH (item:Item {id: $id})
CALL (item) {
  MATCH (item:Person)<-[:BY]-(other:Item)
  WHERE NOT other:Grant AND (NOT other:Derivation|Experiment OR COUNT { (other)-[:BY]->() } = 1)
  RETURN other
  UNION
  MATCH (item:Person)-[:TOLD|MADE]->(other:Item)
  RETURN other
  UNION
  MATCH (item:Person)<-[:HELD_BY]-(other:Item)
  RETURN other
  UNION
  MATCH (item:Organisation|Community)<-[:IN]-(other:Item)
  RETURN other
  UNION
  MATCH (item:Conversation)<-[:PART_OF]-(other:Item)
  RETURN other
  UNION
  MATCH (item:TacitInsight|ExplicitKnowledge)<-[:USED]-(other:Derivation)
  WHERE COUNT { (other)-[:USED]->() } = 1 AND NOT (other)-[:MADE]->(item)
  RETURN other
  UNION
  WITH *
  WHERE item:Person OR item:Organisation OR item:Community
  WITH item, CASE WHEN item:Person THEN 'person:' WHEN item:Organisation THEN 'organisation:' ELSE 'community:' END + item.id AS audience
  MATCH (other:Account|Amplification|Community|Contribution|Conversation|Derivation|Experiment|ExplicitKnowledge|Feedback|Holding|Invitation|Membership|Observation|Organisation|Person|Position|Purpose|StageChange|Story|Support|Surfacing|TacitInsight|Topic|Value)
  WHERE other.audience = audience AND other.at IS NOT NULL AND other.id IS NOT NULL
    AND other <> item
    AND NOT (other)-[:OF|FROM|REVEALED|MADE|TO|INTO|TESTED]->(item) AND NOT (item)-[:HAS|REACHED]->(other)
  RETURN other
}
RETURN
  [label IN labels(other) WHERE label <> 'Item'][0] AS label,
  visible(other) AS seen,
  count(DISTINCT other) AS count
ORDER BY label, seen
