// The derivations that it came of.
// edge: TacitInsight.madeBy, ExplicitKnowledge.madeBy
// to: Derivation
// parameters: audiences
// result: rows
MATCH (source)<-[:MADE]-(node:Derivation)
WHERE visible(node)
