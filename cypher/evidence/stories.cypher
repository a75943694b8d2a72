// Every story that the audience may see, with who told it: an empty string for nobody. Whoever is not among the people
// of the audience is nobody to it.
// parameters: audiences
// result: one
MATCH (item:Story)
WHERE visible(item) AND item.at IS NOT NULL AND item.id IS NOT NULL
OPTIONAL MATCH (item)<-[:TOLD]-(author:Person)
RETURN collect(item.id) AS items, collect(coalesce(author.id, '')) AS authors
