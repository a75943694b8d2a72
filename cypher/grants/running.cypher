// What people have opened to somebody that is open at a moment, the newest first: of one person, or of everybody where
// that is null. A grant is its giver's confidence, told here to the one person that it is given to.
// parameters: to, by, now, first
// result: rows
MATCH (grant:Grant)
WHERE grant.to = $to AND grant.at IS NOT NULL AND grant.id IS NOT NULL
  AND grant.audience = 'person:' + grant.by
  AND ($by IS NULL OR grant.by = $by)
  AND coalesce(grant.since <= $now, true) AND coalesce(grant.until > $now, true)
RETURN grant.by AS person, grant.opens AS opens, toString(coalesce(grant.since, grant.at)) AS since,
  toString(grant.until) AS until
ORDER BY grant.at DESC, grant.id DESC
LIMIT $first
