// The derivations that the person took part in.
// edge: Person.derivations
// to: Derivation
// parameters: audiences
// result: rows
MATCH (source)<-[:BY]-(node:Derivation)
WHERE visible(node)
