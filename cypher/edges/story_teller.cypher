// Who told the story; nobody, where it was told anonymously.
// edge: Story.teller
// to: Person
// link: tellerId
// parameters: audiences
// result: one
MATCH (source)<-[:TOLD]-(node:Person)
WHERE visible(node)
