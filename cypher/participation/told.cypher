// What these people told or said in a conversation, and when, as far as the audience may see it.
// parameters: audiences, people
// result: one
UNWIND $people AS id
MATCH (person:Item {id: id})-[:TOLD|MADE]->(item:Story|Contribution)
WHERE visible(person) AND visible(item)
RETURN collect(person.id) AS people, collect(item.at.epochMillis) AS times
