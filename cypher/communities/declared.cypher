// Who belongs to which declared community at a moment, the longest members first, as far as the audience may know.
// Whoever is not among the people of the audience is nobody to it.
// parameters: at, audiences
// result: one
MATCH (membership:Membership)
WHERE visible(membership) AND membership.at IS NOT NULL AND membership.id IS NOT NULL
  AND membership.since <= $at AND coalesce(membership.until > $at, true)
MATCH (membership)-[:IN]->(community:Community)
WHERE visible(community)
WITH community, membership ORDER BY membership.since, membership.id
RETURN collect(membership.person) AS people, collect(community.id) AS communities
