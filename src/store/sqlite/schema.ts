/**
 * The upgrades of the journal's tables, in order; the schema version (SQLite's `user_version`) is how many have been made.
 * A released step is never edited: a change is one more step at the end.
 */
export const schemaSteps: readonly string[] = [
  `
  CREATE TABLE migrations (
    id         TEXT PRIMARY KEY,
    hosts      TEXT NOT NULL,
    live       INTEGER NOT NULL CHECK (live IN (0, 1)),
    created_at INTEGER NOT NULL
  );

  -- The primary key is what keeps a host out of a second live migration.
  CREATE TABLE hosts_live (
    host         TEXT PRIMARY KEY,
    migration_id TEXT NOT NULL REFERENCES migrations (id)
  );

  CREATE TABLE events (
    migration_id TEXT NOT NULL REFERENCES migrations (id),
    sequence     INTEGER NOT NULL CHECK (sequence > 0),
    at           INTEGER NOT NULL,
    type         TEXT NOT NULL,
    body         TEXT NOT NULL,
    hash         TEXT NOT NULL,
    PRIMARY KEY (migration_id, sequence)
  );

  -- closed_sequence stays null until the intent is accepted, abandoned or superseded by a rollback.
  CREATE TABLE intents (
    id              TEXT PRIMARY KEY,
    migration_id    TEXT NOT NULL REFERENCES migrations (id),
    kind            TEXT NOT NULL,
    opened_sequence INTEGER NOT NULL,
    closed_sequence INTEGER
  );

  -- A row outlives its lease, so that epochs never go back.
  CREATE TABLE leases (
    migration_id TEXT PRIMARY KEY REFERENCES migrations (id),
    holder       TEXT NOT NULL,
    epoch        INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
  );
  `,
];
