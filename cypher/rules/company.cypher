// Which of these leave the company that they need, or leave somebody else without it: a reply stands in one conversation
// with what it answers, or answers the story that started it; an amplification follows one of the same item.
// parameters: ids
// result: rows
UNWIND $ids AS id
MATCH (item:Item {id: id})
WHERE EXISTS {
    MATCH (item:Contribution)-[:REPLIES_TO]-(other:Contribution)
    WHERE item.conversation <> other.conversation
  }
  OR EXISTS {
    MATCH (item:Contribution)-[:REPLIES_TO]->(story:Story), (item)-[:PART_OF]->(place:Conversation)
    WHERE NOT EXISTS { (place)-[:STARTED_BY]->(story) }
  }
  OR EXISTS {
    MATCH (item:Conversation)<-[:PART_OF]-(:Contribution)-[:REPLIES_TO]->(story:Story)
    WHERE NOT EXISTS { (item)-[:STARTED_BY]->(story) }
  }
  OR EXISTS {
    MATCH (item:Amplification)-[:AFTER]-(other:Amplification)
    WHERE item.of <> other.of
  }
RETURN item.id AS id
