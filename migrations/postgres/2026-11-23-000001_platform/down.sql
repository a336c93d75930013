DROP TABLE outbox;
DROP TABLE rate_buckets;
DROP TABLE client_ids;
DROP TABLE idempotency_keys;
DROP TABLE schedules;
DROP TABLE jobs;
DROP TABLE event_readers;
DROP TABLE events;
