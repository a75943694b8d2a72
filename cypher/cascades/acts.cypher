// Who carried an item further up to a moment, when and how, as far as one may see; and after which act, an empty string
// where it does not say. One that is not among these acts is nothing to them. The oldest first, at most $most.
// parameters: audiences, item, most, until
// result: one
MATCH (act:Amplification)
WHERE act.of = $item AND act.at <= $until AND act.id IS NOT NULL AND visible(act)
MATCH (act)-[:BY]->(person:Person)
WHERE visible(person)
WITH act, person ORDER BY act.of, act.at, act.id LIMIT $most
OPTIONAL MATCH (act)-[:AFTER]->(before:Amplification)
RETURN collect(act.id) AS acts, collect(act.kind) AS kinds, collect(coalesce(act.channel, '')) AS channels,
       collect(act.at.epochMillis) AS times, collect(person.id) AS people, collect(person.name) AS names,
       collect(coalesce(before.id, '')) AS parents, collect(coalesce(act.inferredParent, false)) AS inferred
