// Every act up to a moment that the audience may see, with what it is of: an empty string where it does not say.
// parameters: audiences, until
// result: one
CALL () {
  MATCH (act:Amplification)
  WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
  RETURN act.id AS id, act.of AS item
  UNION ALL
  MATCH (act:Feedback)
  WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
  RETURN act.id AS id, act.of AS item
  UNION ALL
  MATCH (act:Observation)
  WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
  RETURN act.id AS id, act.of AS item
  UNION ALL
  MATCH (act:Support)
  WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
  RETURN act.id AS id, act.of AS item
  UNION ALL
  MATCH (act:Contribution)
  WHERE visible(act) AND act.at <= $until AND act.id IS NOT NULL
  MATCH (act)-[:REPLIES_TO]->(before:Story|Contribution)
  WHERE visible(before)
  RETURN act.id AS id, before.id AS item
}
RETURN collect(id) AS acts, collect(coalesce(item, '')) AS items
