// Every surfacing up to a moment that the audience may see: which insight, who noticed it, and who told what it came out
// of; an empty string for nobody whom the audience may know of.
// parameters: audiences, until
// result: one
MATCH (act:Surfacing)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
MATCH (act)-[:REVEALED]->(revealed:TacitInsight)
WHERE visible(revealed)
OPTIONAL MATCH (act)-[:BY]->(noticer:Person)
WHERE visible(noticer)
OPTIONAL MATCH (act)-[:FROM]->(source:Story|Contribution)
WHERE visible(source)
OPTIONAL MATCH (source)<-[:TOLD|MADE]-(teller:Person)
WHERE visible(teller)
RETURN collect(revealed.id) AS made, collect(coalesce(noticer.id, '')) AS noticers,
       collect(coalesce(teller.id, '')) AS tellers
