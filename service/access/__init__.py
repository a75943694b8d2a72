"""Who may see and do what: pure rules on a viewer, an audience and an author. Knows no graph."""
