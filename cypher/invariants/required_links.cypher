// Whoever and whatever an item can't be without is there: once where there is one of it, else at least once.
// result: rows
MATCH (item:Item)
WHERE (item:Account AND COUNT { (item)<-[:HAS]-(:Person) } <> 1)
  OR (item:Position AND (COUNT { (item)<-[:HAS]-(:Person) } <> 1 OR COUNT { (item)-[:IN]->(:Organisation) } <> 1))
  OR (item:Membership AND (COUNT { (item)<-[:HAS]-(:Person) } <> 1 OR COUNT { (item)-[:IN]->(:Community) } <> 1))
  OR (item:StageChange AND COUNT { (item)<-[:REACHED]-(:Community) } <> 1)
  OR (item:Contribution AND (COUNT { (item)<-[:MADE]-(:Person) } <> 1 OR COUNT { (item)-[:PART_OF]->(:Conversation) } <> 1))
  OR (item:Surfacing AND (COUNT { (item)-[:FROM]->() } <> 1 OR COUNT { (item)-[:REVEALED]->() } <> 1
    OR COUNT { (item)-[:BY]->(:Person) } <> 1))
  OR (item:Derivation AND (COUNT { (item)-[:USED]->() } = 0 OR COUNT { (item)-[:MADE]->() } <> 1
    OR COUNT { (item)-[:BY]->(:Person) } = 0))
  OR (item:Amplification AND (COUNT { (item)-[:BY]->(:Person) } <> 1 OR COUNT { (item)-[:OF]->() } <> 1))
  OR (item:Holding AND (COUNT { (item)-[:BY]->(:Person) } <> 1 OR COUNT { (item)-[:OF]->() } <> 1))
  OR (item:Experiment AND (COUNT { (item)-[:TESTED]->(:ExplicitKnowledge) } <> 1 OR COUNT { (item)-[:BY]->(:Person) } = 0))
  OR (item:Invitation AND (COUNT { (item)-[:TO]->(:Person) } <> 1 OR COUNT { (item)-[:INTO]->(:Community) } <> 1
    OR COUNT { (item)-[:BY]->(:Person) } <> 1))
  OR (item:Grant AND (COUNT { (item)-[:BY]->(:Person) } <> 1 OR COUNT { (item)-[:TO]->(:Person) } <> 1))
  OR ((item:Observation OR item:Feedback OR item:Support) AND COUNT { (item)-[:BY]->(:Person) } <> 1)
RETURN item.id AS id
