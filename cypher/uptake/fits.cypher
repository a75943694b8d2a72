// What was learnt on an audience by the starts of quarters, the newest first. It is figures alone, and names nobody.
// parameters: audience
// result: rows
MATCH (fit:UptakeFit)
WHERE fit.audience = $audience AND fit.quarter IS NOT NULL AND fit.id IS NOT NULL
RETURN fit.id AS id, fit.quarter AS quarter, fit.mark AS mark, fit.seconds AS seconds, fit.at AS at, fit.learnt AS learnt
ORDER BY fit.quarter DESC, fit.id DESC
