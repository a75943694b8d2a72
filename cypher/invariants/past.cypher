// What is said to have happened lies in the past, give or take five minutes of another's clock.
// result: rows
MATCH (item:Item)
WITH item, datetime() + duration({minutes: 6}) AS soon
WHERE item.at > soon OR item.happenedAt > soon OR item.eventAt > soon OR item.since > soon OR item.from > soon
RETURN item.id AS id
