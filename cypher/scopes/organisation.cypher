// Who holds a position in an organisation at a moment, as far as the audience may know.
// parameters: at, audiences, organisation
// result: one
MATCH (organisation:Item {id: $organisation})<-[:IN]-(position:Position)<-[:HAS]-(person:Person)
WHERE visible(organisation) AND visible(position) AND visible(person)
  AND position.from <= $at AND coalesce(position.until > $at, true)
RETURN collect(DISTINCT person.id) AS people
