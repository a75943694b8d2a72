"""Retell, a knowledge network: the service, room by room (see docs/decisions)."""
