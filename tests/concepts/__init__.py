"""A package, so that pytest ends what its journeys share when it leaves this folder, not at the end of the run."""
