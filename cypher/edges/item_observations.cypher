// Who saw or read it.
// edge: Story.observations, Contribution.observations, Conversation.observations, TacitInsight.observations, ExplicitKnowledge.observations
// to: Observation
// walk: of
// parameters: audiences
// result: rows
MATCH (node:Observation)
WHERE node.of = source.id AND visible(node)
