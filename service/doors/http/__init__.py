"""The ground that the HTTP doors stand on: problems, request ids and limits, JSON bodies, who is asking."""
