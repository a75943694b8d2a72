// All support that the audience may see: by whom, of what and to whom; an empty string where it does not say.
// parameters: audiences
// result: one
MATCH (act:Support)
WHERE visible(act) AND act.at IS NOT NULL AND act.id IS NOT NULL
RETURN collect(act.id) AS acts, collect(act.at.epochMillis) AS times, collect(coalesce(act.by, '')) AS listeners,
       collect(coalesce(act.of, '')) AS items, collect(coalesce(act.to, '')) AS tellers
