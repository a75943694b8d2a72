// What people are and where, at a moment, those positions first that have been held the longest, as far as the audience
// may know: an empty string for an organisation that it may not.
// parameters: at, audiences
// result: one
MATCH (position:Position)<-[:HAS]-(person:Person)
WHERE visible(position) AND visible(person) AND position.at IS NOT NULL AND position.id IS NOT NULL
  AND position.from <= $at AND coalesce(position.until > $at, true)
OPTIONAL MATCH (position)-[:IN]->(organisation:Organisation)
WHERE visible(organisation)
WITH person, position, organisation ORDER BY position.from, position.id
RETURN collect(person.id) AS people, collect(position.profession) AS professions,
       collect(position.standing) AS standings, collect(coalesce(organisation.id, '')) AS organisations
