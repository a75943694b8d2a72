// The experiments in which it was tried out.
// edge: ExplicitKnowledge.experiments
// to: Experiment
// walk: tested
// parameters: audiences
// result: rows
MATCH (node:Experiment)
WHERE node.tested = source.id AND visible(node)
