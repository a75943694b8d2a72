// What was answered to a request that carried this idempotency key.
// parameters: principal, key
// result: one
MATCH (record:IdempotencyRecord {principal: $principal, key: $key})
RETURN record.bodyHash AS bodyHash, record.outcome AS outcome
