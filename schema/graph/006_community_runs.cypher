// Snapshots of detected communities: one for each series and moment.
CREATE CONSTRAINT community_run IF NOT EXISTS FOR (run:CommunityRun) REQUIRE (run.series, run.asOf) IS UNIQUE;
