// The positions held in the organisation.
// edge: Organisation.positions
// to: Position
// parameters: audiences
// result: rows
MATCH (source)<-[:IN]-(node:Position)
WHERE visible(node)
