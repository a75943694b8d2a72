// The accounts that a write names by source and external id, with the person of each.
// parameters: accounts
// result: rows
UNWIND $accounts AS named
MATCH (account:Account {source: named[0], externalId: named[1]})<-[:HAS]-(person:Person)
RETURN account.source AS source, account.externalId AS externalId, account.id AS id, person.id AS person
