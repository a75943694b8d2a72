// Who told or said each of these, as far as the audience may know, up to a moment.
// parameters: audiences, items, until
// result: one
UNWIND $items AS id
MATCH (item:Item {id: id})
WHERE item:Story|Contribution AND visible(item) AND item.at <= $until
MATCH (item)<-[:TOLD|MADE]-(person:Person)
WHERE visible(person)
RETURN collect(item.id) AS items, collect(person.id) AS people, collect(item:Contribution) AS said
