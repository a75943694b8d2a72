// Every adoption and adaptation up to a moment that the audience may see, and of what.
// parameters: audiences, until
// result: one
MATCH (act:Amplification)
WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL AND act.kind IN ['adopt', 'adapt']
RETURN collect(coalesce(act.of, '')) AS items, collect(act.kind) AS kinds, collect(act.at.epochMillis) AS times
