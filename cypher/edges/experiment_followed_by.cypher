// The experiments that go on from it.
// edge: Experiment.followedBy
// to: Experiment
// parameters: audiences
// result: rows
MATCH (source)<-[:FOLLOWS_ON]-(node:Experiment)
WHERE visible(node)
