// Identities: what there may be only one of.
CREATE CONSTRAINT item_id IF NOT EXISTS FOR (item:Item) REQUIRE item.id IS UNIQUE;
CREATE CONSTRAINT account_external IF NOT EXISTS FOR (account:Account) REQUIRE (account.source, account.externalId) IS UNIQUE;
CREATE CONSTRAINT idempotency_record_key IF NOT EXISTS FOR (record:IdempotencyRecord) REQUIRE (record.principal, record.key) IS UNIQUE;
CREATE CONSTRAINT change_sequence IF NOT EXISTS FOR (change:Change) REQUIRE change.sequence IS UNIQUE;
CREATE CONSTRAINT change_id IF NOT EXISTS FOR (change:Change) REQUIRE change.id IS UNIQUE;
CREATE CONSTRAINT api_key_hash IF NOT EXISTS FOR (key:ApiKey) REQUIRE key.hash IS UNIQUE;
CREATE CONSTRAINT migration_number IF NOT EXISTS FOR (migration:Migration) REQUIRE migration.number IS UNIQUE;

// A page of what one may see is one walk of (audience, at, id) for each of the viewer's audiences.
CREATE INDEX person_by_time IF NOT EXISTS FOR (item:Person) ON (item.audience, item.at, item.id);
CREATE INDEX account_by_time IF NOT EXISTS FOR (item:Account) ON (item.audience, item.at, item.id);
CREATE INDEX organisation_by_time IF NOT EXISTS FOR (item:Organisation) ON (item.audience, item.at, item.id);
CREATE INDEX position_by_time IF NOT EXISTS FOR (item:Position) ON (item.audience, item.at, item.id);
CREATE INDEX community_by_time IF NOT EXISTS FOR (item:Community) ON (item.audience, item.at, item.id);
CREATE INDEX membership_by_time IF NOT EXISTS FOR (item:Membership) ON (item.audience, item.at, item.id);
CREATE INDEX purpose_by_time IF NOT EXISTS FOR (item:Purpose) ON (item.audience, item.at, item.id);
CREATE INDEX stage_change_by_time IF NOT EXISTS FOR (item:StageChange) ON (item.audience, item.at, item.id);
CREATE INDEX topic_by_time IF NOT EXISTS FOR (item:Topic) ON (item.audience, item.at, item.id);
CREATE INDEX story_by_time IF NOT EXISTS FOR (item:Story) ON (item.audience, item.at, item.id);
CREATE INDEX conversation_by_time IF NOT EXISTS FOR (item:Conversation) ON (item.audience, item.at, item.id);
CREATE INDEX contribution_by_time IF NOT EXISTS FOR (item:Contribution) ON (item.audience, item.at, item.id);
CREATE INDEX tacit_insight_by_time IF NOT EXISTS FOR (item:TacitInsight) ON (item.audience, item.at, item.id);
CREATE INDEX surfacing_by_time IF NOT EXISTS FOR (item:Surfacing) ON (item.audience, item.at, item.id);
CREATE INDEX explicit_knowledge_by_time IF NOT EXISTS FOR (item:ExplicitKnowledge) ON (item.audience, item.at, item.id);
CREATE INDEX derivation_by_time IF NOT EXISTS FOR (item:Derivation) ON (item.audience, item.at, item.id);
CREATE INDEX amplification_by_time IF NOT EXISTS FOR (item:Amplification) ON (item.audience, item.at, item.id);
CREATE INDEX observation_by_time IF NOT EXISTS FOR (item:Observation) ON (item.audience, item.at, item.id);
CREATE INDEX feedback_by_time IF NOT EXISTS FOR (item:Feedback) ON (item.audience, item.at, item.id);
CREATE INDEX support_by_time IF NOT EXISTS FOR (item:Support) ON (item.audience, item.at, item.id);

// The same by name, for what has one.
CREATE INDEX person_by_name IF NOT EXISTS FOR (item:Person) ON (item.audience, item.name, item.id);
CREATE INDEX organisation_by_name IF NOT EXISTS FOR (item:Organisation) ON (item.audience, item.name, item.id);
CREATE INDEX community_by_name IF NOT EXISTS FOR (item:Community) ON (item.audience, item.name, item.id);
CREATE INDEX topic_by_name IF NOT EXISTS FOR (item:Topic) ON (item.audience, item.name, item.id);
CREATE INDEX purpose_by_name IF NOT EXISTS FOR (item:Purpose) ON (item.audience, item.name, item.id);

// An event carries the ids of what it is of and by, so that those of a popular item are walked, never expanded and sorted.
CREATE INDEX amplification_of IF NOT EXISTS FOR (event:Amplification) ON (event.of, event.at, event.id);
CREATE INDEX amplification_by IF NOT EXISTS FOR (event:Amplification) ON (event.by, event.at, event.id);
CREATE INDEX observation_of IF NOT EXISTS FOR (event:Observation) ON (event.of, event.at, event.id);
CREATE INDEX observation_by IF NOT EXISTS FOR (event:Observation) ON (event.by, event.at, event.id);
CREATE INDEX feedback_of IF NOT EXISTS FOR (event:Feedback) ON (event.of, event.at, event.id);
CREATE INDEX feedback_by IF NOT EXISTS FOR (event:Feedback) ON (event.by, event.at, event.id);
CREATE INDEX support_of IF NOT EXISTS FOR (event:Support) ON (event.of, event.at, event.id);
CREATE INDEX support_by IF NOT EXISTS FOR (event:Support) ON (event.by, event.at, event.id);
CREATE INDEX observation_to IF NOT EXISTS FOR (event:Observation) ON (event.to, event.at, event.id);
CREATE INDEX feedback_to IF NOT EXISTS FOR (event:Feedback) ON (event.to, event.at, event.id);
CREATE INDEX support_to IF NOT EXISTS FOR (event:Support) ON (event.to, event.at, event.id);
CREATE INDEX contribution_conversation IF NOT EXISTS FOR (event:Contribution) ON (event.conversation, event.at, event.id);
CREATE INDEX membership_community IF NOT EXISTS FOR (event:Membership) ON (event.community, event.at, event.id);
CREATE INDEX membership_person IF NOT EXISTS FOR (event:Membership) ON (event.person, event.at, event.id);

// Search, over every kind that has words.
CREATE FULLTEXT INDEX text IF NOT EXISTS
FOR (item:Person|Organisation|Community|Purpose|Topic|Story|Conversation|Contribution|TacitInsight|ExplicitKnowledge|Feedback|Support)
ON EACH [item.name, item.title, item.text];
