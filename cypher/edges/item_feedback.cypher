// The feedback given on it.
// edge: Story.feedback, Contribution.feedback, Conversation.feedback, TacitInsight.feedback, ExplicitKnowledge.feedback
// to: Feedback
// walk: of
// parameters: audiences
// result: rows
MATCH (node:Feedback)
WHERE node.of = source.id AND visible(node)
