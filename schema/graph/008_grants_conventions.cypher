// Grants: pages of what one gave, and what was given to somebody, looked up at every question about a person.
CREATE INDEX grant_by_time IF NOT EXISTS FOR (item:Grant) ON (item.audience, item.at, item.id);
CREATE INDEX grant_by IF NOT EXISTS FOR (event:Grant) ON (event.by, event.at, event.id);
CREATE INDEX grant_to IF NOT EXISTS FOR (event:Grant) ON (event.to, event.at, event.id);

// What the network has settled on: one node, or none where all is as shipped.
CREATE CONSTRAINT conventions_name IF NOT EXISTS FOR (kept:Conventions) REQUIRE kept.name IS UNIQUE;
