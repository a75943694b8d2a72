// The derivations that it went into.
// edge: TacitInsight.usedIn, ExplicitKnowledge.usedIn
// to: Derivation
// parameters: audiences
// result: rows
MATCH (source)<-[:USED]-(node:Derivation)
WHERE visible(node)
