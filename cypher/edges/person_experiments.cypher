// The experiments that the person took part in.
// edge: Person.experiments
// to: Experiment
// parameters: audiences
// result: rows
MATCH (source)<-[:BY]-(node:Experiment)
WHERE visible(node)
