// The topics that it is about.
// edge: Story.about, Conversation.about, TacitInsight.about, ExplicitKnowledge.about
// to: Topic
// link: aboutIds
// parameters: audiences
// result: rows
MATCH (source)-[:ABOUT]->(node:Topic)
WHERE visible(node)
