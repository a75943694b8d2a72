// The help given over it.
// edge: Story.support, Contribution.support, Conversation.support, TacitInsight.support, ExplicitKnowledge.support
// to: Support
// walk: of
// parameters: audiences
// result: rows
MATCH (node:Support)
WHERE node.of = source.id AND visible(node)
