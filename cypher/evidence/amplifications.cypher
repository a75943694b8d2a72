// Every amplification that the audience may see: who carried what, and after whose, where it says so.
// parameters: audiences
// result: one
MATCH (act:Amplification)
WHERE visible(act) AND act.at IS NOT NULL AND act.id IS NOT NULL
OPTIONAL MATCH (act)-[:AFTER]->(before:Amplification)
WHERE visible(before)
RETURN collect(act.id) AS acts, collect(act.at.epochMillis) AS times, collect(coalesce(act.by, '')) AS listeners,
       collect(coalesce(act.of, '')) AS items, collect(coalesce(before.by, '')) AS tellers
