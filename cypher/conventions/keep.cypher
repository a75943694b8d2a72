// Keeps what this network settles on; no row where somebody else has changed it since that version.
// parameters: version, dimensions, pyramid, now
// result: rows
MERGE (kept:Conventions {name: 'conventions'})
ON CREATE SET kept.version = 0
SET kept.held = true
REMOVE kept.held
WITH kept
WHERE kept.version = $version
SET kept.version = $version + 1, kept.dimensions = $dimensions, kept.pyramid = $pyramid, kept.changedAt = $now
RETURN kept.version AS version
