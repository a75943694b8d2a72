"""The only room that talks to Neo4j: it starts the server, keeps its schema, holds the statements and runs them."""
