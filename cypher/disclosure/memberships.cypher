// Every membership that the audience may know of: who, in which community, since and until when (an empty string while it
// lasts), the longest first; one that ended as it began was none. Whoever is not among the people of the audience is nobody to it.
// parameters: audiences
// result: one
MATCH (membership:Membership)
WHERE visible(membership) AND membership.at IS NOT NULL AND membership.id IS NOT NULL
  AND coalesce(membership.until > membership.since, true)
MATCH (membership)-[:IN]->(community:Community)
WHERE visible(community)
WITH membership, community ORDER BY membership.since, membership.id
RETURN collect(membership.person) AS people, collect(community.id) AS communities,
       collect(membership.since.epochMillis) AS since,
       collect(CASE WHEN membership.until IS NULL THEN '' ELSE membership.until.epochMillis END) AS until
