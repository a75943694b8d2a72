// Every contribution up to a moment that the audience may see, with who made it: an empty string for nobody it may know
// of.
// parameters: audiences, until
// result: one
MATCH (item:Contribution)
WHERE visible(item) AND item.at <= $until AND item.id IS NOT NULL
OPTIONAL MATCH (item)<-[:MADE]-(teller:Person)
WHERE visible(teller)
RETURN collect(item.id) AS items, collect(item.at.epochMillis) AS times, collect(coalesce(teller.id, '')) AS tellers
