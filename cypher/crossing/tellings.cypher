// Who told a story or said something in a conversation between two moments, once for each time, as far as the audience
// may know.
// parameters: audiences, since, until
// result: one
CALL () {
  MATCH (told:Story)<-[:TOLD]-(person:Person)
  WHERE visible(told) AND visible(person) AND told.at >= $since AND told.at < $until AND told.id IS NOT NULL
  RETURN person.id AS id
  UNION ALL
  MATCH (said:Contribution)<-[:MADE]-(speaker:Person)
  WHERE visible(said) AND visible(speaker) AND said.at >= $since AND said.at < $until AND said.id IS NOT NULL
  RETURN speaker.id AS id
}
RETURN collect(id) AS people
