// Every surfacing up to a moment that the audience may see: out of what, and which insight.
// parameters: audiences, until
// result: one
MATCH (act:Surfacing)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
MATCH (act)-[:FROM]->(source:Story|Contribution)
WHERE visible(source)
MATCH (act)-[:REVEALED]->(revealed:TacitInsight)
WHERE visible(revealed)
RETURN collect(source.id) AS sources, collect(revealed.id) AS made, collect(act.at.epochMillis) AS times
