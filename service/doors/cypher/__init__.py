"""Cypher over HTTP, for who administers, from this machine."""
