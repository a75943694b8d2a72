// The index of words is brought up to date after a commit and not within it: within, it cost a write thirty times the rest.
// A search waits for what was committed before it (cypher/search/settled.cypher), so that nobody misses their own words.
DROP INDEX text IF EXISTS;
CREATE FULLTEXT INDEX text IF NOT EXISTS
FOR (item:Person|Organisation|Community|Purpose|Value|Topic|Story|Conversation|Contribution|TacitInsight|ExplicitKnowledge|Feedback|Support)
ON EACH [item.name, item.title, item.text]
OPTIONS {indexConfig: {`fulltext.eventually_consistent`: true}};
