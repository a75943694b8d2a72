// What the person said in conversations.
// edge: Person.contributions
// to: Contribution
// parameters: audiences
// result: rows
MATCH (source)-[:MADE]->(node:Contribution)
WHERE visible(node)
