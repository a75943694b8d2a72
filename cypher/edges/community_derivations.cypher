// The derivations done within the community.
// edge: Community.derivations
// to: Derivation
// parameters: audiences
// result: rows
MATCH (source)<-[:WITHIN]-(node:Derivation)
WHERE visible(node)
