import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayMs, parseDuration, parseInstant } from '@alo/contracts';
import { openEmbeddedStore } from '@alo/runtime';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type RunOptions, run } from './run.ts';
import { databaseName } from './session.ts';

/** Vip from 1,000 a month; reviewed on the 3rd at 06:00 in Việt Nam, which is 23:00 of the 2nd in UTC. */
const policy = {
  id: 'small',
  version: 1,
  zone: 'Asia/Ho_Chi_Minh',
  currency: 'VND',
  tiers: {
    window: 'month-to-date',
    ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 1000, retainAt: 800 }],
    review: { every: 'month', day: 3, at: '06:00', window: 'previous-month' },
  },
};

let folder = '';
let ids = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alo-run-'));
  ids = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

type Given = { readonly [key: string]: unknown };

const charged = (subject: string, time: string, given: Given = {}) => {
  ids += 1;
  const event = { specversion: '1.0', id: `id-${ids}`, source: '/test', type: 'alo.usage.charged.v1', subject, time };
  return JSON.stringify({ ...event, data: { amount: 1000, currency: 'VND', service: 'voice' }, ...given });
};

const readLines = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

type Options = Partial<Omit<RunOptions, 'start' | 'until'>> & {
  readonly start?: string;
  readonly until?: string;
  readonly given?: object;
};

/** Runs these lines, and tells what came of them in short. */
const ran = async (lines: readonly string[], { start, until, given = policy, ...options }: Options = {}) => {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  rmSync(join(folder, 'out'), { force: true });
  rmSync(join(folder, 'dead'), { force: true });
  const { tally, hint } = await run({
    policy: file('policy.json', JSON.stringify(given)),
    events: file('events', lines.map((line) => `${line}\n`).join('')),
    maxGapMs: parseDuration('P31D'),
    out: join(folder, 'out'),
    deadLetters: join(folder, 'dead'),
    start: start === undefined ? undefined : parseInstant(start),
    until: until === undefined ? undefined : parseInstant(until),
    ...options,
  });
  const tiers = readLines('out').filter(({ type }) => type.startsWith('alo.tier.'));
  return {
    tally,
    hint,
    tiers: tiers.map(({ type, subject, time }) => `${type.slice(9, -3)} ${subject} ${time}`),
    refused: readLines('dead').map(({ line, code }) => `${line} ${code}`),
  };
};

describe('now', () => {
  test('is the latest time that a line has told so far', async () => {
    const { tiers } = await ran([
      charged('s-1', '2026-07-01T10:00:00Z'),
      charged('s-2', '2026-07-01T09:00:00Z'),
      charged('s-3', '2026-07-01T11:00:00+07:00'),
      charged('s-4', '2026-07-01T10:00:00.001Z'),
    ]);
    expect(tiers).toEqual([
      'upgraded s-1 2026-07-01T10:00:00Z',
      'upgraded s-2 2026-07-01T10:00:00Z',
      'upgraded s-3 2026-07-01T10:00:00Z',
      'upgraded s-4 2026-07-01T10:00:00.001Z',
    ]);
  });

  test('is when a line was recorded, where it says so', async () => {
    const { tiers } = await ran([charged('s-1', '2026-07-01T10:00:00Z', { recordedtime: '2026-07-05T10:00:00Z' })]);
    expect(tiers).toEqual(['upgraded s-1 2026-07-05T10:00:00Z']);
  });

  test('is moved by a line that is refused, not by one of which no envelope can be read', async () => {
    const { tiers, refused } = await ran([
      charged('s-1', '2026-07-01T10:00:00Z', { type: 'alo.unknown.v1' }),
      charged('s-1', '2026-07-01T11:00:00Z', { data: {} }),
      charged('s-1', '2026-07-01T12:00:00Z', { source: '' }),
      charged('s-1', '2026-07-01T10:30:00Z'),
    ]);
    expect(tiers).toEqual(['upgraded s-1 2026-07-01T11:00:00Z']);
    expect(refused).toEqual(['1 UNKNOWN', '2 SCHEMA', '3 SCHEMA']);
  });

  test('goes on from where the store stands, whatever the next file begins with', async () => {
    const data = join(folder, 'data');
    await ran([charged('s-1', '2026-07-10T00:00:00Z')], { data });
    const { tiers } = await ran([charged('s-2', '2026-07-09T00:00:00Z')], { data });
    expect(tiers).toEqual(['upgraded s-2 2026-07-10T00:00:00Z']);
  });
});

test('a policy takes effect before the first line that can be read, however much stands before it', async () => {
  const broken = Array.from({ length: 200 }, () => 'x'.repeat(20_000));
  const { tally, tiers, refused } = await ran([...broken, charged('s-1', '2026-07-01T10:00:00Z')]);
  expect(tiers).toEqual(['upgraded s-1 2026-07-01T10:00:00Z']);
  expect(refused).toEqual(broken.map((_, n) => `${n + 1} SCHEMA`));
  expect(tally.linesRead).toBe(201);
});

describe('--start', () => {
  test('is where journal time begins, and what is too late by then is refused', async () => {
    const lines = [charged('s-1', '2026-07-01T00:00:00Z'), charged('s-2', '2026-07-20T00:00:00Z')];
    const { tiers, refused } = await ran(lines, { start: '2026-08-06T00:00:00Z' });
    expect(refused).toEqual(['1 LATE']);
    expect(tiers).toEqual(['upgraded s-2 2026-08-06T00:00:00Z']);
    const early = await ran([charged('s-3', '2026-07-20T00:00:00Z')], { start: '2026-07-01T00:00:00Z' });
    expect(early.tiers).toEqual(['upgraded s-3 2026-07-20T00:00:00Z']);
  });

  test('makes a first line that is far ahead of it a line like any other', async () => {
    const lines = [charged('s-1', '2099-07-01T00:00:00Z'), charged('s-2', '2026-07-20T00:00:00Z')];
    const { tiers, refused, hint } = await ran(lines, { start: '2026-07-01T00:00:00Z' });
    expect({ tiers, refused, hint }).toEqual({
      tiers: ['upgraded s-2 2026-07-20T00:00:00Z'],
      refused: ['1 CLOCK'],
      hint: undefined,
    });
  });

  test('past where the store stands decides what falls due before it, and before it is nothing', async () => {
    const data = join(folder, 'data');
    await ran([charged('s-1', '2026-07-10T00:00:00Z')], { data });
    const before = await ran([], { data, start: '2026-07-01T00:00:00Z' });
    expect(before.tiers).toEqual([]);
    await ran([charged('s-1', '2026-07-11T00:00:00Z')], { data });
    const after = await ran([], { data, start: '2026-09-03T00:00:00Z' });
    expect(after.tiers).toEqual(['downgraded s-1 2026-09-02T23:00:00Z']);
  });
});

describe('--until', () => {
  const lines = () => [
    charged('s-1', '2026-07-10T00:00:00Z'),
    charged('s-2', '2026-07-11T00:00:00Z', { recordedtime: '2026-08-05T00:00:00Z' }),
  ];
  const review = 'downgraded s-1 2026-09-02T23:00:00Z';

  test.each([
    { until: undefined, due: [], why: 'without it nothing more is decided' },
    { until: '2026-09-02T22:59:59.999Z', due: [], why: 'one millisecond before the review' },
    { until: '2026-09-02T23:00:00Z', due: [review, 'downgraded s-2 2026-09-02T23:00:00Z'], why: 'at the review' },
    { until: '2026-07-01T00:00:00Z', due: [], why: 'long past: it cuts nothing off' },
  ])('$until: $why', async ({ until, due }) => {
    const { tiers } = await ran(lines(), until === undefined ? {} : { until });
    expect(tiers).toEqual(['upgraded s-1 2026-07-10T00:00:00Z', 'upgraded s-2 2026-08-05T00:00:00Z', ...due]);
  });

  test('may be given later, to the same file again', async () => {
    const data = join(folder, 'data');
    const given = lines();
    await ran(given, { data });
    const { tiers, tally } = await ran(given, { data, until: '2026-09-03T00:00:00Z' });
    expect(tiers.length).toBe(2);
    expect(tally).toMatchObject({ linesRead: 0, linesSkipped: 2 });
  });
});

describe('a line further past now than --max-gap', () => {
  const now = parseInstant('2026-07-01T00:00:00Z');
  const after = (ms: number) => new Date(now + ms).toISOString();

  test.each([
    { ms: 31 * dayMs, code: undefined, why: 'exactly at the gap' },
    { ms: 31 * dayMs + 1, code: '2 CLOCK', why: 'one millisecond past it' },
  ])('$why', async ({ ms, code }) => {
    const { refused, tiers } = await ran([
      charged('s-1', after(0)),
      charged('s-2', after(ms)),
      charged('s-3', after(1000)),
    ]);
    expect(refused).toEqual(code === undefined ? [] : [code]);
    expect(tiers.at(1)).toBe(
      code === undefined ? `upgraded s-2 ${after(ms).replace('.000', '')}` : 'upgraded s-3 2026-07-01T00:00:01Z',
    );
  });

  test('is believed with a larger one', async () => {
    const lines = [charged('s-1', after(0)), charged('s-2', after(60 * dayMs))];
    expect((await ran(lines, { maxGapMs: 60 * dayMs })).refused).toEqual([]);
    expect((await ran(lines, { maxGapMs: 60 * dayMs - 1 })).refused).toEqual(['2 CLOCK']);
  });

  test('is refused by what it says of itself first, and by when it was recorded', async () => {
    const far = { recordedtime: '2099-01-01T00:00:00Z' };
    const { refused } = await ran([
      charged('s-1', after(0)),
      charged('s-2', after(0), { ...far, type: 'alo.unknown.v1' }),
      charged('s-3', after(0), { ...far, data: {} }),
      charged('s-4', after(0), far),
    ]);
    expect(refused).toEqual(['2 UNKNOWN', '3 SCHEMA', '4 CLOCK']);
  });

  test('is answered at the unmoved now, where it asks for a suspension', async () => {
    const request = { type: 'alo.suspension.requested.v1', data: { requestId: 'r-1', stage: 'both', reason: 'debt' } };
    const { refused, tally } = await ran([
      charged('s-1', after(0)),
      charged('s-1', '2099-01-01T00:00:00Z', request),
      charged('s-2', after(1)),
    ]);
    expect(refused).toEqual([]);
    expect(tally).toMatchObject({ eventsTaken: 3 });
    const answers = readLines('out').filter(({ type }) => type.startsWith('alo.suspension.'));
    for (const { time } of answers) expect(time).toBe('2026-07-01T00:00:00Z');
  });
});

describe('when most lines are out of time', () => {
  const usual = (count: number) => Array.from({ length: count }, (_, n) => charged(`s-${n}`, '2026-07-01T00:00:00Z'));

  test('the summary names the line that set the clock too far', async () => {
    const { hint, refused } = await ran(['no event', charged('s-1', '2099-01-01T00:00:00Z'), ...usual(4)]);
    expect(refused.length).toBe(5);
    expect(hint).toBe(
      '4 of 6 lines were refused as LATE: they are too far before now, which line 2 had set to 2099-01-01T00:00:00Z. ' +
        'If that line is wrong, mend or remove it, or give --start; if the gap is real, give a larger --max-gap. ' +
        'Then run again with a fresh --data.',
    );
  });

  test('or that set it too early', async () => {
    const { hint } = await ran([charged('s-1', '2020-01-01T00:00:00Z'), ...usual(4)]);
    expect(hint).toMatch(
      /^4 of 5 lines were refused as CLOCK: they are too far past now, which line 1 had set to 2020/,
    );
  });

  test('or that the store did', async () => {
    const { hint } = await ran(usual(4), { start: '2027-01-01T00:00:00Z' });
    expect(hint).toMatch(/^4 of 4 lines were refused as LATE: .* which the store or --start had set to 2027/);
  });

  test('and where it is half of them it says nothing', async () => {
    const { hint } = await ran([
      ...usual(2),
      charged('s-8', '2026-01-01T00:00:00Z'),
      charged('s-9', '2026-01-01T00:00:00Z'),
    ]);
    expect(hint).toBeUndefined();
  });
});

describe('the policy', () => {
  test('takes effect before the first line that can be read', async () => {
    const { tiers, refused } = await ran(['no event', '', charged('s-1', '2026-07-01T00:00:00Z')]);
    expect(refused).toEqual(['1 SCHEMA']);
    expect(tiers).toEqual(['upgraded s-1 2026-07-01T00:00:00Z']);
  });

  test('of a higher version takes effect where the store stands, before the first line', async () => {
    const data = join(folder, 'data');
    await ran([charged('s-1', '2026-07-10T00:00:00Z')], { data });
    const review = { ...policy.tiers.review, day: 20 };
    const second = { ...policy, version: 2, tiers: { ...policy.tiers, review } };
    const { tiers } = await ran([charged('s-2', '2026-09-25T00:00:00Z')], {
      data,
      given: second,
      maxGapMs: 100 * dayMs,
    });
    expect(tiers).toEqual(['downgraded s-1 2026-09-19T23:00:00Z', 'upgraded s-2 2026-09-25T00:00:00Z']);
    const versions = readLines('out').map(({ data: { because } }) => because.policy.version);
    expect(new Set(versions)).toEqual(new Set([2]));
  });

  test('that comes with the events rules what comes after it, and once it has come is not asked for again', async () => {
    const second = {
      ...policy,
      version: 2,
      tiers: { ...policy.tiers, ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 2000, retainAt: 800 }] },
    };
    const activation = charged('', '2026-07-01T00:00:00Z', {
      type: 'alo.policy.activated.v1',
      subject: undefined,
      data: { policy: second },
    });
    const lines = [charged('s-1', '2026-07-01T00:00:00Z'), activation, charged('s-2', '2026-07-01T00:00:00Z')];
    const data = join(folder, 'data');
    const { tiers, refused } = await ran(lines, { data });
    expect({ tiers, refused }).toEqual({ tiers: ['upgraded s-1 2026-07-01T00:00:00Z'], refused: [] });
    const { tally } = await ran([...lines, charged('s-3', '2026-07-01T00:00:00Z')], { data });
    expect(tally).toMatchObject({ linesRead: 1, linesSkipped: 3, eventsTaken: 1, triggers: {} });
    const store = await openEmbeddedStore(join(data, databaseName));
    const receipt = await store.log.receipt();
    await store.close();
    expect(receipt?.offset).toBe(1 + 4);
  });
});

describe('the summary', () => {
  test('counts lines, events, duplicates, refusals by code and triggers by name', async () => {
    const twice = charged('s-1', '2026-07-01T00:00:00Z');
    const { tally } = await ran([twice, twice, 'no event', '', charged('s-2', '2026-07-01T00:00:00Z', { type: 'x' })]);
    expect(tally).toEqual({
      linesRead: 5,
      linesSkipped: 0,
      eventsTaken: 1,
      duplicates: 1,
      refusals: { SCHEMA: 1, UNKNOWN: 1 },
      triggers: { 'tier.upgraded': 1, 'standing.changed': 1 },
    });
  });

  test('of nothing at all is all zeros', async () => {
    const { tally, hint } = await ran([], { until: '2026-07-01T00:00:00Z' });
    expect(tally).toEqual({ linesRead: 0, linesSkipped: 0, eventsTaken: 0, duplicates: 0, refusals: {}, triggers: {} });
    expect(hint).toBeUndefined();
  });
});
