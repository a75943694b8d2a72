// Every contribution that the audience may see, with who made it. Whoever is not among the people of the audience is
// nobody to it.
// parameters: audiences
// result: one
MATCH (item:Contribution)
WHERE visible(item) AND item.at IS NOT NULL AND item.id IS NOT NULL
OPTIONAL MATCH (item)<-[:MADE]-(author:Person)
RETURN collect(item.id) AS items, collect(coalesce(author.id, '')) AS authors
