// The earlier experiment that it goes on from.
// edge: Experiment.followsOn
// to: Experiment
// link: followsOnId
// parameters: audiences
// result: one
MATCH (source)-[:FOLLOWS_ON]->(node:Experiment)
WHERE visible(node)
