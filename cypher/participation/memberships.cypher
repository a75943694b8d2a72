// Every membership that a community ever had, as far as the audience may know: an empty string for one that goes on.
// One that ended as it began was none.
// Whoever is not among the people of the audience is nobody to it.
// parameters: audiences, community
// result: one
MATCH (membership:Membership)
WHERE membership.community = $community AND visible(membership) AND membership.at IS NOT NULL
  AND membership.id IS NOT NULL AND coalesce(membership.until > membership.since, true)
WITH membership ORDER BY membership.since, membership.id
RETURN collect(membership.person) AS people, collect(membership.since.epochMillis) AS since,
       collect(coalesce(membership.until.epochMillis, '')) AS until,
       collect(membership.participation) AS participations, collect(membership.role) AS roles
