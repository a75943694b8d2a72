// The accounts under which other systems know the person.
// edge: Person.accounts
// to: Account
// parameters: audiences
// result: rows
MATCH (source)-[:HAS]->(node:Account)
WHERE visible(node)
