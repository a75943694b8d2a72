// Every surfacing up to a moment that the audience may see: from what was told, and which insight it revealed. What is
// not among the items of the audience is nothing to it.
// parameters: audiences, until
// result: one
MATCH (act:Surfacing)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
MATCH (act)-[:FROM]->(source:Story|Contribution)
MATCH (act)-[:REVEALED]->(insight:TacitInsight)
RETURN collect(source.id) AS sources, collect(insight.id) AS insights
