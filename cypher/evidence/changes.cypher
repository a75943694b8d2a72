// The change of a number, by which one knows whether this is still the same feed, and those after it, in their order. What
// was written is listed where it is of the labels that evidence is made of.
// parameters: from, labels, most
// result: rows
MATCH (change:Change)
WHERE change.sequence >= $from
WITH change
ORDER BY change.sequence
LIMIT $most
WITH change, any(label IN change.types WHERE label IN $labels) AS counts
RETURN change.sequence AS sequence, change.id AS id, change.kind AS kind, counts AND change.count > size(change.ids) AS cut,
       CASE WHEN counts THEN change.ids ELSE [] END AS ids
