"""What things are: the nouns of a knowledge network, who is asking, what may go wrong. Imports no other room."""
