// What these communities pursue, as far as the audience may know: a row for each purpose of each.
// parameters: audiences, communities
// result: one
UNWIND $communities AS id
MATCH (community:Item {id: id})-[:PURSUES]->(purpose:Purpose)
WHERE visible(community) AND visible(purpose)
RETURN collect(community.id) AS communities, collect(purpose.id) AS purposes
