"""Pure computation on arrays: no database, no files, no clock, no request."""
