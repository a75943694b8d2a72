"""The doors: each translates a request, calls one operation and translates the answer back."""
