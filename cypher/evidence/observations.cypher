// Every observation that the audience may see: by whom, of what and to whom; an empty string where it does not say.
// The time is an empty string where nobody knows it.
// parameters: audiences
// result: one
MATCH (act:Observation)
WHERE visible(act) AND act.at IS NOT NULL AND act.id IS NOT NULL
RETURN collect(act.id) AS acts, collect(CASE WHEN act.undated THEN '' ELSE act.at.epochMillis END) AS times,
       collect(coalesce(act.by, '')) AS listeners, collect(coalesce(act.of, '')) AS items, collect(coalesce(act.to, '')) AS tellers
