/*
 * 11. Running over a file
 *
 * `alo run` reads a file of events, folds it, and writes what it says into another. Everything that it needs is one SQLite
 * database. This chapter calls the function behind the command, on a folder that is gone afterwards.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseDuration, parseInstant } from '@alo/contracts';
import { afterAll, expect, test } from '@jest/globals';
import { type RunOptions, run } from '../../services/cli/src/run/run.ts';
import { tellTally } from '../../services/cli/src/run/tally.ts';

const folder = mkdtempSync(join(tmpdir(), 'alo-guide-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const linesOf = (name: string) => readFileSync(at(name), 'utf8').split('\n').slice(0, -1);

const policy = {
  ...{ id: 'first', version: 1, zone: 'Asia/Ho_Chi_Minh', currency: 'VND' },
  tiers: {
    window: 'month-to-date',
    ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 1_000_000, retainAt: 800_000 }],
    review: { every: 'month', day: 3, at: '06:00', window: 'previous-month' },
  },
};
writeFileSync(at('policy.json'), JSON.stringify(policy));

/* One event a line. */
const charge = (id: string, time: string, amount: number) =>
  `{"specversion":"1.0","id":"${id}","source":"/billing","type":"alo.usage.charged.v1","subject":"s-17","time":"${time}",` +
  `"data":{"amount":${amount},"currency":"VND","service":"voice"}}\n`;
writeFileSync(at('events.ndjson'), charge('cdr-1', '2026-08-10T09:00:00+07:00', 600_000));
appendFileSync(at('events.ndjson'), charge('cdr-2', '2026-08-11T09:00:00+07:00', 400_000));

/* What the command line says in options, here in a value: `--data`, `--out`, and `--max-gap`, which is P31D by default. */
const options: RunOptions = {
  policy: at('policy.json'),
  events: at('events.ndjson'),
  data: at('data'),
  out: at('triggers.ndjson'),
  maxGapMs: parseDuration('P31D'),
};

test('it reads the events, writes the triggers, and says what it did', async () => {
  const { tally } = await run(options);
  expect(tellTally(tally)).toBe(
    '2 lines read: 2 events taken, 0 duplicates, 0 refused; 2 triggers (tier.upgraded 1, standing.changed 1)',
  );
  expect(linesOf('triggers.ndjson').map((line) => JSON.parse(line).id)).toEqual([
    'tier.upgraded/s-17/vip/%2Fbilling/cdr-2',
    'standing.changed/s-17/%2Fbilling/cdr-2',
  ]);
});

/* The database remembers a digest of the lines that it has read. The same file again is known, and gives nothing twice. */
test('the same file again gives nothing', async () => {
  const { tally } = await run(options);
  expect(tellTally(tally)).toBe(
    '0 lines read, 2 more were known from before: 0 events taken, 0 duplicates, 0 refused; 0 triggers',
  );
  expect(linesOf('triggers.ndjson')).toHaveLength(2);
});

/* A file that extends one which was read goes on at its end. */
test('a file that has grown goes on where it ended', async () => {
  appendFileSync(at('events.ndjson'), charge('cdr-3', '2026-08-12T09:00:00+07:00', 1));
  const { tally } = await run(options);
  expect(tally).toMatchObject({ linesSkipped: 2, linesRead: 1, eventsTaken: 1 });
});

/* Any other file is new input to the same subscribers. Events that are known count once, whatever file they come in. */
test('another file is new input, and what is known of it is a duplicate', async () => {
  writeFileSync(at('more.ndjson'), charge('cdr-2', '2026-08-11T09:00:00+07:00', 400_000));
  const { tally } = await run({ ...options, events: at('more.ndjson') });
  expect(tally).toMatchObject({ linesSkipped: 0, linesRead: 1, eventsTaken: 0, duplicates: 1 });
});

/*
 * The time of a journal ends with its last line. `--until` lets time pass beyond: what falls due up to and at that instant
 * is decided at the end. (It cuts nothing off.) The review of 3 September finds 1,000,001 in August, which is enough, and
 * says nothing. The review of 3 October finds nothing in September.
 */
test('--until decides what falls due after the last line', async () => {
  const { tally } = await run({ ...options, until: parseInstant('2026-10-03T06:00:00+07:00') });
  expect(tally).toMatchObject({ linesRead: 0, triggers: { 'tier.downgraded': 1, 'standing.changed': 1 } });
  expect(linesOf('triggers.ndjson').map((line) => JSON.parse(line).time)).toEqual([
    '2026-08-11T02:00:00Z',
    '2026-08-11T02:00:00Z',
    '2026-10-02T23:00:00Z',
    '2026-10-02T23:00:00Z',
  ]);
});

/*
 * One line with a wrong year must not take the clock with it. A line whose time is more than `--max-gap` past now does not
 * move it: it is refused, and the lines after it are taken as if it were not there.
 */
test('one bad year costs one line', async () => {
  writeFileSync(at('bad-year.ndjson'), charge('cdr-9', '2062-10-04T09:00:00+07:00', 1));
  appendFileSync(at('bad-year.ndjson'), charge('cdr-10', '2026-10-04T09:00:00+07:00', 1));
  const { tally } = await run({ ...options, events: at('bad-year.ndjson') });
  expect(tally).toMatchObject({ linesRead: 2, eventsTaken: 1, refusals: { CLOCK: 1 } });
});

/* The database opens with common tools: what came in, what went out, what was refused. */
test('the database can be asked', () => {
  const database = new DatabaseSync(at('data/alo.db'), { readOnly: true });
  const topics = database.prepare('SELECT topic, count(*) AS outputs FROM outputs GROUP BY topic').all();
  const refused = database.prepare('SELECT line, code FROM dead_letters').all();
  database.close();
  expect(topics).toMatchObject([
    { topic: 'alo.standing.v1', outputs: 2 },
    { topic: 'alo.tiers.v1', outputs: 2 },
  ]);
  expect(refused).toMatchObject([{ line: 1, code: 'CLOCK' }]);
});

/*
 * A store runs one policy for its life, and versions only rise. A new version takes effect before the next line. The same
 * version with other content is a mistake, and is told as one.
 */
test('another policy under the same version is refused', async () => {
  writeFileSync(at('policy.json'), JSON.stringify({ ...policy, consent: 'opt-in' }));
  await expect(run(options)).rejects.toThrow(/^policy first version 1 is running with hash .* raise its version$/);
});
