/**
 * "alo" and a version in SQLite's own header fields, so that `file` and any tool can tell what this is. The version rises
 * with the tables, and with how states are packed: a store of another is refused before anything of it is read.
 */
export const applicationId = 0x616c6f01;
export const schemaVersion = 2;

const subscribers = `
  CREATE TABLE subscribers (
    subscriber TEXT NOT NULL UNIQUE,
    due_at INTEGER,
    state BLOB NOT NULL
  );
`;
const due = 'CREATE INDEX due ON subscribers (due_at, subscriber) WHERE due_at IS NOT NULL;';

/**
 * Makes the states and their index anew from what is known now. `secure_delete` overwrites what is removed, and yet
 * copies may stay in the unused part of pages from which rows have once moved on: only new pages hold nothing more.
 */
export const subscribersAnew = `
  DROP INDEX due;
  ALTER TABLE subscribers RENAME TO subscribers_before;
  ${subscribers}
  INSERT INTO subscribers SELECT * FROM subscribers_before;
  DROP TABLE subscribers_before;
  ${due}
`;

/** The tables of a store. Text where a person with sqlite3 would want to read it. */
export const schema = `
  CREATE TABLE partition (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    receipt TEXT,  -- C: published up to here
    applied TEXT   -- R: states written up to here
  );
  INSERT INTO partition (only) VALUES (1);

  -- What was read in, one row a batch: its lines, and for each its append time.
  CREATE TABLE journal (
    offset INTEGER PRIMARY KEY,  -- of the first record
    records INTEGER NOT NULL,
    input INTEGER,               -- null for what alo wrote itself
    line INTEGER,                -- of the first record in its input
    appended TEXT NOT NULL,      -- JSON: [append time in ms or, too far ahead, null, ...]
    lines TEXT NOT NULL
  );

  -- What was given to be read, and how much of it is in the journal.
  CREATE TABLE inputs (
    input INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    lines INTEGER NOT NULL,
    digest TEXT NOT NULL  -- SHA-256 over those lines
  );

  CREATE TABLE outputs (
    number INTEGER PRIMARY KEY,
    offset INTEGER NOT NULL,
    topic TEXT NOT NULL,
    event TEXT NOT NULL
  );

  CREATE TABLE dead_letters (
    number INTEGER PRIMARY KEY,
    offset INTEGER NOT NULL,
    line INTEGER,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    record BLOB NOT NULL
  );

${subscribers}${due}

  -- What the one who runs the store wants to remember with a transaction.
  CREATE TABLE notes (name TEXT PRIMARY KEY, note TEXT NOT NULL) WITHOUT ROWID;
`;
