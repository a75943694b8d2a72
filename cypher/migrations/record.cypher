// Writes down that a migration has been applied.
// parameters: number, name, checksum, at
// result: write
MERGE (migration:Migration {number: $number})
SET migration.name = $name, migration.checksum = $checksum, migration.at = $at
