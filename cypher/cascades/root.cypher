// What was told and by whom (id and name), as far as one may see; by nobody where it is anonymous.
// parameters: audiences, item
// result: rows
MATCH (item:Item {id: $item})
WHERE visible(item)
OPTIONAL MATCH (item)<-[:TOLD|MADE]-(teller:Person)
WHERE visible(teller)
WITH item, collect([teller.id, teller.name]) AS tellers
OPTIONAL MATCH (item)-[:HELD_BY]->(holder:Person)
WHERE visible(holder)
WITH item, tellers, collect([holder.id, holder.name]) AS holders
OPTIONAL MATCH (item)<-[:MADE]-(derivation:Derivation)-[:BY]->(maker:Person)
WHERE visible(derivation) AND visible(maker)
WITH item, tellers, holders, collect(DISTINCT [maker.id, maker.name]) AS makers
RETURN item.id AS id, [label IN labels(item) WHERE label <> 'Item'][0] AS kind,
       coalesce(item.title, item.name,
                CASE WHEN size(item.text) > 120 THEN left(item.text, 119) + '…' ELSE item.text END) AS title,
       item.at.epochMillis AS time,
       [author IN tellers + holders + makers WHERE author[0] IS NOT NULL] AS authors
