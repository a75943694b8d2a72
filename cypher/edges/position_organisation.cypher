// Where the position is held.
// edge: Position.organisation
// to: Organisation
// link: organisationId
// parameters: audiences
// result: one
MATCH (source)-[:IN]->(node:Organisation)
WHERE visible(node)
