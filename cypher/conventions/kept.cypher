// What this network has settled on, each part as JSON or null where it is as shipped; no row where nothing was ever
// changed.
// result: rows
MATCH (kept:Conventions {name: 'conventions'})
RETURN kept.dimensions AS dimensions, kept.pyramid AS pyramid, kept.version AS version,
  toString(kept.changedAt) AS changedAt
