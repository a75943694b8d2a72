// All explicit knowledge that the audience may see, with each person who made it in a derivation that it may see.
// Whoever is not among the people of the audience is nobody to it.
// parameters: audiences
// result: one
MATCH (item:ExplicitKnowledge)
WHERE visible(item) AND item.at IS NOT NULL AND item.id IS NOT NULL
OPTIONAL MATCH (item)<-[:MADE]-(derivation:Derivation)-[:BY]->(author:Person)
WHERE visible(derivation)
WITH DISTINCT item, author
RETURN collect(item.id) AS items, collect(coalesce(author.id, '')) AS authors
