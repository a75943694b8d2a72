"""What one can ask of the network and do in it: plain functions that take the network, the viewer and ids."""
