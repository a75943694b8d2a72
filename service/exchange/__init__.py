"""Others' formats, read a record at a time into rows for the network and written from it. Talks to no database."""
