// Values and holdings, experiments, invitations: pages of what one may see.
CREATE INDEX value_by_time IF NOT EXISTS FOR (item:Value) ON (item.audience, item.at, item.id);
CREATE INDEX holding_by_time IF NOT EXISTS FOR (item:Holding) ON (item.audience, item.at, item.id);
CREATE INDEX experiment_by_time IF NOT EXISTS FOR (item:Experiment) ON (item.audience, item.at, item.id);
CREATE INDEX invitation_by_time IF NOT EXISTS FOR (item:Invitation) ON (item.audience, item.at, item.id);
CREATE INDEX value_by_name IF NOT EXISTS FOR (item:Value) ON (item.audience, item.name, item.id);

// A purpose may be held by thousands, and a guide tried out by hundreds: their pages walk these.
CREATE INDEX holding_of IF NOT EXISTS FOR (event:Holding) ON (event.of, event.at, event.id);
CREATE INDEX holding_by IF NOT EXISTS FOR (event:Holding) ON (event.by, event.at, event.id);
CREATE INDEX experiment_tested IF NOT EXISTS FOR (event:Experiment) ON (event.tested, event.at, event.id);
CREATE INDEX invitation_to IF NOT EXISTS FOR (event:Invitation) ON (event.to, event.at, event.id);
CREATE INDEX invitation_by IF NOT EXISTS FOR (event:Invitation) ON (event.by, event.at, event.id);
CREATE INDEX invitation_community IF NOT EXISTS FOR (event:Invitation) ON (event.community, event.at, event.id);

// Search finds values by their names, too; an index can't be given another label, so it is made anew.
DROP INDEX text IF EXISTS;
CREATE FULLTEXT INDEX text IF NOT EXISTS
FOR (item:Person|Organisation|Community|Purpose|Value|Topic|Story|Conversation|Contribution|TacitInsight|ExplicitKnowledge|Feedback|Support)
ON EACH [item.name, item.title, item.text];
