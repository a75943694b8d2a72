// What things of a lineage are: kind, title, time, and who told, said or holds them, as far as one may see.
// parameters: audiences, ids
// result: rows
UNWIND $ids AS id
MATCH (item:Item {id: id})
WHERE visible(item)
OPTIONAL MATCH (item)<-[:TOLD|MADE]-(teller:Person)
WHERE visible(teller)
OPTIONAL MATCH (item)-[:HELD_BY]->(holder:Person)
WHERE visible(holder)
RETURN item.id AS id, [label IN labels(item) WHERE label <> 'Item'][0] AS kind,
       coalesce(item.title, item.name,
                CASE WHEN size(item.text) > 120 THEN left(item.text, 119) + '…' ELSE item.text END) AS title,
       item.at.epochMillis AS time,
       collect(DISTINCT [teller.id, teller.name]) AS tellers, collect(DISTINCT [holder.id, holder.name]) AS holders
ORDER BY time DESC, id
