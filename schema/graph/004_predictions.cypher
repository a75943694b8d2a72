// What answers foretold, kept to be compared with what happened.
CREATE CONSTRAINT prediction_id IF NOT EXISTS FOR (prediction:Prediction) REQUIRE prediction.id IS UNIQUE;
CREATE INDEX prediction_by_time IF NOT EXISTS FOR (prediction:Prediction) ON (prediction.audience, prediction.asOf, prediction.id);
