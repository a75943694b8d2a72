// What was learnt of who takes up what, kept for all processes: one for each audience and quarter.
CREATE CONSTRAINT uptake_fit_id IF NOT EXISTS FOR (fit:UptakeFit) REQUIRE fit.id IS UNIQUE;
CREATE INDEX uptake_fit_by_quarter IF NOT EXISTS FOR (fit:UptakeFit) ON (fit.audience, fit.quarter, fit.id);
