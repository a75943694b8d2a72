// Every tacit insight that the audience may see, with whose memory it is: an empty string for nobody's. Whoever is not
// among the people of the audience is nobody to it.
// parameters: audiences
// result: one
MATCH (item:TacitInsight)
WHERE visible(item) AND item.at IS NOT NULL AND item.id IS NOT NULL
OPTIONAL MATCH (item)-[:HELD_BY]->(author:Person)
RETURN collect(item.id) AS items, collect(coalesce(author.id, '')) AS authors
