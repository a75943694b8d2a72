"""The GraphQL door: one typed schema; a document becomes one statement, and what can't joins in by loader."""
