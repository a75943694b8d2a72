// Every tacit insight up to a moment that the audience may see, with whose memory it is: an empty string for nobody whom
// the audience may know of.
// parameters: audiences, until
// result: one
MATCH (item:TacitInsight)
WHERE visible(item) AND item.at <= $until AND item.id IS NOT NULL
OPTIONAL MATCH (item)-[:HELD_BY]->(holder:Person)
WHERE visible(holder)
RETURN collect(item.id) AS items, collect(coalesce(holder.id, '')) AS holders
