// Amplifications in ranges of ids that came after another, whoever may see them, by the audience of that other: who
// carried it before.
// parameters: which
// result: rows
UNWIND $which.ranges AS range
MATCH (act:Item)
USING INDEX SEEK act:Item(id)
WHERE act.id >= range.first AND act.id <= range.last AND act:Amplification
MATCH (act)-[:AFTER]->(before:Amplification)
RETURN before.audience AS audience, collect(act.id) AS acts, collect(coalesce(before.by, '')) AS tellers
