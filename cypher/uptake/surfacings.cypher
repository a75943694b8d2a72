// Every surfacing up to a moment that the audience may see, the latest first: from what was told, and which insight it
// revealed.
// parameters: audiences, until
// result: one
MATCH (act:Surfacing)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
MATCH (act)-[:FROM]->(source:Story|Contribution)
WHERE visible(source)
MATCH (act)-[:REVEALED]->(insight:TacitInsight)
WHERE visible(insight)
WITH source.id AS source, insight.id AS insight, act.at AS at, act.id AS id
ORDER BY at DESC, id DESC
RETURN collect(source) AS sources, collect(insight) AS insights
