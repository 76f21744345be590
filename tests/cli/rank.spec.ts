import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { alo, scratchFolder } from './alo-process.ts';
import { charged, type Event, linesOf, type OutputLine, policy, readLines, writePolicy } from './event-lines.ts';

const folder = scratchFolder();
const ranked = { topPpm: 100_000, leavePpm: 200_000, window: 'previous-month' };
const policyFile = writePolicy(folder, {
  ...policy,
  tiers: { window: 'month-to-date', ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 10_000, retainAt: 8000 }] },
  lists: { top: { floor: 'vip', ranked }, official: { floor: 'vip' } },
});

const july = '2026-07-10T00:00:00Z';
const august = '2026-08-10T00:00:00Z';
const septemberNow = charged('s-late', 1, '2026-09-05T00:00:00Z');

/** s-1 spends 1, s-2 spends 2, ... in July; in August the other way round. */
const months = (count: number): Event[] => [
  ...Array.from({ length: count }, (_, n) => charged(`s-${n + 1}`, n + 1, july)),
  charged('s-tie', count, july),
  ...Array.from({ length: count }, (_, n) => charged(`s-${n + 1}`, count - n, august)),
];

let number = 0;
let data = '';
const at = (name: string) => join(data, name);

const run = (events: readonly Event[], name: string, ...more: readonly string[]) => {
  const file = join(folder, `${number}-${name}.ndjson`);
  writeFileSync(file, linesOf(events));
  return alo(['run', '--policy', policyFile, '--events', file, '--data', data, ...more]);
};
const people = ['--requested-by', 'lan', '--approved-by', 'minh'];
const rank = (month: string, ...more: readonly string[]) =>
  alo(['rank', '--list', 'top', '--as-of', month, '--data', data, ...people, ...more]);
const summary = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout);

/** All events of listings in the journal of the store. */
const journaled = (): Event[] => {
  const db = new DatabaseSync(at('alo.db'), { readOnly: true });
  const rows = db.prepare('SELECT lines FROM journal ORDER BY offset').all() as { lines: string }[];
  db.close();
  return rows
    .flatMap(({ lines }) => lines.split('\n'))
    .filter((line) => line.includes('/alo/rank'))
    .map((line) => JSON.parse(line) as Event);
};

beforeEach(() => {
  number += 1;
  data = join(folder, `data-${number}`);
});

describe('a ranking', () => {
  test('lists the first 10 %, ties too, and says so in the journal, once', async () => {
    await run([...months(19), septemberNow], 'life');
    const first = await rank('2026-07', '--json', '--triggers', at('triggers.ndjson'));
    expect(first.stderr).toBe('');
    expect(summary(first)).toMatchObject({
      list: 'top',
      month: '2026-07',
      isDone: false,
      population: 20,
      enter: { rank: 2, value: 19 },
      leave: { rank: 4, value: 17 },
      listed: 2,
      delisted: 0,
      triggers: { 'tier.upgraded': 2, 'standing.changed': 2 },
    });
    const events = journaled();
    expect(events.map(({ id }) => id)).toEqual(['rank/top/2026-07/s-19', 'rank/top/2026-07/s-tie']);
    expect(events[0]).toEqual({
      specversion: '1.0',
      id: 'rank/top/2026-07/s-19',
      source: '/alo/rank',
      type: 'alo.subscriber.listed.v1',
      subject: 's-19',
      time: '2026-07-31T17:00:00Z',
      datacontenttype: 'application/json',
      data: {
        list: 'top',
        validFrom: '2026-07-31T17:00:00Z',
        requestedBy: 'lan',
        approvedBy: 'minh',
        reason: 'previous-month as of 2026-07: 19 reaches the cut 19 at rank 2 of 20',
      },
    });
    const triggers = readLines(at('triggers.ndjson'));
    expect(triggers.filter(({ type }) => type === 'alo.tier.upgraded.v1').map(({ subject }) => subject)).toEqual([
      's-19',
      's-tie',
    ]);

    const second = await rank('2026-07', '--json', '--triggers', at('triggers.ndjson'));
    expect(summary(second)).toEqual({ list: 'top', month: '2026-07', isDone: true, listed: 0, delisted: 0 });
    expect(journaled()).toEqual(events);
    expect(readLines(at('triggers.ndjson'))).toEqual(triggers);
  });

  test('delists who falls out of leavePpm, and leaves alone who does not', async () => {
    const staying = charged('s-19', 16, '2026-08-11T00:00:00Z');
    await run([...months(19), staying, septemberNow], 'life');
    await rank('2026-07');
    // In August s-1 spends 19, s-2 spends 18, s-3 17 and s-19 17; s-tie spends nothing.
    expect(summary(await rank('2026-08', '--json'))).toMatchObject({
      population: 19,
      enter: { rank: 2, value: 18 },
      leave: { rank: 4, value: 17 },
      listed: 2,
      delisted: 1,
      lateUntil: '2026-10-05T17:00:00Z',
    });
    const told = journaled().filter(({ id }) => id.startsWith('rank/top/2026-08'));
    expect(told.map(({ type, subject }) => [type, subject])).toEqual([
      ['alo.subscriber.listed.v1', 's-1'],
      ['alo.subscriber.listed.v1', 's-2'],
      ['alo.subscriber.delisted.v1', 's-tie'],
    ]);
    expect(told[2]?.data).toMatchObject({
      list: 'top',
      approvedBy: 'minh',
      reason: 'previous-month as of 2026-08: 0 is below the cut 17 at rank 4 of 19',
    });
  });

  test('does not count who is closed, erased or spent nothing', async () => {
    const gone = (name: string, subject: string): Event => ({
      ...charged(subject, 1, '2026-08-12T00:00:00Z', `${name}/${subject}`),
      type: `alo.subscriber.${name}.v1`,
      data: undefined,
    });
    await run([...months(19), gone('closed', 's-tie'), gone('erased', 's-19'), septemberNow], 'life');
    expect(summary(await rank('2026-07', '--json'))).toMatchObject({
      population: 18,
      enter: { rank: 2, value: 17 },
      listed: 2,
    });
  });

  test('of a month in which nobody spent anything lists nobody', async () => {
    await run([charged('s-1', 5, august), septemberNow], 'life');
    const { stdout, code } = await rank('2026-07');
    expect({ stdout, code }).toEqual({
      stdout: 'list top as of 2026-07, of 0 subscribers above 0; 0 listed, 0 delisted; 0 triggers\n',
      code: 0,
    });
  });

  test('lets the run go on as before, and says the same when it was made by lines', async () => {
    const life = [...months(19), septemberNow];
    const later = charged('s-1', 20_000, '2026-09-06T00:00:00Z');
    await run(life, 'life', '--out', at('out.ndjson'));
    expect((await rank('2026-07', '--out', at('listings.ndjson'))).code).toBe(0);
    expect(journaled()).toEqual([]);
    const lines = readFileSync(at('listings.ndjson'), 'utf8');
    expect((await rank('2026-07', '--out', '-')).stdout).toBe(lines);
    await rank('2026-07', '--triggers', at('out.ndjson'));
    await run([...life, later], 'life', '--out', at('out.ndjson'));
    const ids = readLines(at('out.ndjson')).map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('tier.upgraded'))).toHaveLength(3);
    expect(new Set(ids).size).toBe(ids.length);

    const direct = ids;
    data = `${data}-by-lines`;
    await run(life, 'life', '--out', at('out.ndjson'));
    const listings = join(folder, 'listings.ndjson');
    writeFileSync(listings, lines);
    await alo(['run', '--policy', policyFile, '--events', listings, '--data', data, '--out', at('out.ndjson')]);
    await run([...life, later], 'life', '--out', at('out.ndjson'));
    expect(readLines<OutputLine>(at('out.ndjson')).map(({ id }) => id)).toEqual(direct);
    expect(summary(await rank('2026-07', '--json'))).toMatchObject({ listed: 0, delisted: 0 });
  });

  test('that was killed goes on where it stood', async () => {
    await run([...months(19), septemberNow], 'life');
    await rank('2026-07', '--out', at('listings.ndjson'));
    const [first = ''] = readFileSync(at('listings.ndjson'), 'utf8').split('\n');
    writeFileSync(at('half.ndjson'), `${first}\n`);
    await alo(['run', '--policy', policyFile, '--events', at('half.ndjson'), '--data', data]);
    const db = new DatabaseSync(at('alo.db'));
    db.exec("UPDATE notes SET note = json_set(note, '$.isEnded', json('false')) WHERE name = 'run'");
    db.exec(`INSERT INTO notes VALUES ('rank', '{"done":{},"isUnderWay":true}')`);
    db.close();
    expect(summary(await rank('2026-07', '--json'))).toMatchObject({ listed: 1 });
    expect(journaled().map(({ subject }) => subject)).toEqual(['s-19', 's-tie']);
    expect(summary(await rank('2026-07', '--json'))).toMatchObject({ isDone: true });
  });
});

describe('wrong use is told, and changes nothing', () => {
  test.each([
    { args: ['--as-of', '2026-09'], says: '2026-09 is not complete yet: the store stands at 2026-09-05T00:00:00Z' },
    { args: ['--as-of', '2026-7'], says: 'It must be a month, such as 2026-07.' },
    { args: ['--as-of', '2026-13'], says: 'It must be a month, such as 2026-07.' },
    { args: ['--list', 'few'], says: 'policy small has no list few; its lists are top, official' },
    { args: ['--list', 'official'], says: 'list official of policy small is not ranked' },
    { args: ['--approved-by', 'lan'], says: '--requested-by and --approved-by must be two people; both are lan' },
    { args: ['--data', 'nowhere'], says: '--data nowhere holds no store' },
    { args: ['--out', 'x', '--triggers', 'y'], says: 'give it without --triggers' },
    { args: ['--fast'], says: "unknown option '--fast'" },
  ])('$args', async ({ args, says }) => {
    await run([...months(3), septemberNow], 'life');
    const { code, stderr, stdout } = await rank('2026-07', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(says);
    expect(journaled()).toEqual([]);
    expect(existsSync('nowhere')).toBe(false);
  });

  test('a file that is there is not written over', async () => {
    await run([...months(3), septemberNow], 'life');
    writeFileSync(at('there'), 'kept');
    const { code, stderr } = await rank('2026-07', '--out', at('there'));
    expect({ code, kept: readFileSync(at('there'), 'utf8') }).toEqual({ code: 1, kept: 'kept' });
    expect(stderr).toContain('it is there already; remove it, or give another name');
  });

  test('months only rise', async () => {
    await run([...months(3), septemberNow], 'life');
    await rank('2026-08');
    const { code, stderr } = await rank('2026-07');
    expect(code).toBe(1);
    expect(stderr).toContain('list top was ranked as of 2026-08 already: months only rise');
  });

  test('a run that was killed comes first', async () => {
    await run([...months(3), septemberNow], 'life');
    const db = new DatabaseSync(at('alo.db'));
    db.exec("UPDATE notes SET note = json_set(note, '$.isEnded', json('false')) WHERE name = 'run'");
    db.close();
    const { code, stderr } = await rank('2026-07');
    expect(code).toBe(1);
    expect(stderr).toContain('a run on this store was stopped or killed: give its command again first');
  });

  test('without what is required it says what', async () => {
    const { code, stderr } = await alo(['rank', '--list', 'top']);
    expect(code).toBe(1);
    expect(stderr).toContain("required option '--as-of <month>' not specified");
  });
});

test('the help has examples', async () => {
  const { stdout, code } = await alo(['rank', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('alo rank --list top --as-of 2026-07 --data alo-data --requested-by lan --approved-by minh');
});
