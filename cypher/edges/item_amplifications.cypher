// The acts that carried it further.
// edge: Story.amplifications, Contribution.amplifications, TacitInsight.amplifications, ExplicitKnowledge.amplifications
// to: Amplification
// walk: of
// parameters: audiences
// result: rows
MATCH (node:Amplification)
WHERE node.of = source.id AND visible(node)
