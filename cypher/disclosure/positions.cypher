// Every position that the audience may know of: whose, what and where (an empty string for an organisation that it may
// not know of), since and until when (an empty string while it lasts), the longest held first.
// parameters: audiences
// result: one
MATCH (position:Position)<-[:HAS]-(person:Person)
WHERE visible(position) AND visible(person) AND position.at IS NOT NULL AND position.id IS NOT NULL
OPTIONAL MATCH (position)-[:IN]->(organisation:Organisation)
WHERE visible(organisation)
WITH person, position, organisation ORDER BY position.from, position.id
RETURN collect(person.id) AS people, collect(position.profession) AS professions,
       collect(position.standing) AS standings, collect(coalesce(organisation.id, '')) AS organisations,
       collect(position.from.epochMillis) AS since,
       collect(CASE WHEN position.until IS NULL THEN '' ELSE position.until.epochMillis END) AS until
