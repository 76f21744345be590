import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { dayMs, parseInstant, readText } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import { monthOf } from './calendar.ts';
import { simulate } from './simulate.ts';
import { lifeOf } from './subscriber-life.ts';
import { spendOfMonth } from './usage.ts';
import { type SimulateOptions, startDefault, worldOf } from './world.ts';

const digest = (options: SimulateOptions): string => {
  const hash = createHash('sha256');
  for (const line of simulate(options)) hash.update(`${line}\n`);
  return hash.digest('hex');
};

type Line = { id: string; source: string; subject: string; type: string; time: string; data: Record<string, unknown> };

const linesOf = (options: SimulateOptions): Line[] => [...simulate(options)].map((line) => JSON.parse(line));

const countBy = <Item>(items: readonly Item[], key: (item: Item) => string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
};

const life: SimulateOptions = { subscribers: 1200, days: 75, chargesPerDay: 0.2, seed: 7 };
const texts = [...simulate(life)];
const journal: Line[] = texts.map((line) => JSON.parse(line));
const few: SimulateOptions = { subscribers: 100, days: 40 };

describe('the bytes', () => {
  test('are the same for the same seed and options', () => {
    expect(digest(few)).toBe(digest({ ...few, seed: 1 }));
  });

  test('are others for another seed', () => {
    expect(digest(few)).not.toBe(digest({ ...few, seed: 2 }));
  });

  test('do not depend on the zone of the machine', () => {
    const module = JSON.stringify(`${import.meta.dirname}/simulate.ts`);
    const script = `import { createHash } from 'node:crypto';
      const { simulate } = await import(${module});
      const hash = createHash('sha256');
      for (const line of simulate(${JSON.stringify(few)})) hash.update(line + '\\n');
      console.log(hash.digest('hex'));`;
    const env = { ...process.env, TZ: 'America/New_York', NODE_OPTIONS: '' };
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      env,
      encoding: 'utf8',
    });
    expect(stdout.trim()).toBe(digest(few));
  });

  test('of more days begin with those of fewer, as long as nothing is on its way', () => {
    const punctual = { ...few, lateShare: 0, duplicateShare: 0 };
    const shorter = [...simulate({ ...punctual, days: 10 })];
    expect([...simulate(punctual)].slice(0, shorter.length)).toEqual(shorter);
  });
});

describe('every line', () => {
  test('is an event that the door takes', () => {
    const kinds = texts.map((line) => readText(line));
    expect(kinds.filter(({ kind }) => kind !== 'event')).toEqual([]);
  });

  test('is canonical: its data has its keys in order', () => {
    const isSorted = (keys: readonly string[]) => keys.every((key, i) => i === 0 || (keys[i - 1] as string) < key);
    expect(journal.filter(({ data }) => !isSorted(Object.keys(data)))).toEqual([]);
  });

  test('names a subscriber from s-1 to s-N', () => {
    const names = new Set(journal.map(({ subject }) => subject));
    expect(names).toEqual(new Set(Array.from({ length: 1200 }, (_, i) => `s-${i + 1}`)));
  });

  test('lies in the days that were asked for', () => {
    const times = journal.map(({ time }) => parseInstant(time));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(startDefault);
    expect(Math.max(...times)).toBeLessThan(startDefault + 75 * dayMs);
  });

  test('has an id of its own, unless it is the same line again', () => {
    const contents = new Map(journal.map(({ source, id }, i) => [`${source} ${id}`, texts[i]]));
    expect(journal.filter(({ source, id }, i) => contents.get(`${source} ${id}`) !== texts[i])).toEqual([]);
  });
});

describe('the journal', () => {
  const lateness = (() => {
    let now = 0;
    return journal.map(({ time }) => {
      now = Math.max(now, parseInstant(time));
      return now - parseInstant(time);
    });
  })();

  test('holds late lines, and none is later than 34 days', () => {
    expect(lateness.filter((late) => late > dayMs).length).toBeGreaterThan(30);
    expect(Math.max(...lateness)).toBeGreaterThan(14 * dayMs);
    expect(Math.max(...lateness)).toBeLessThan(34 * dayMs);
  });

  test('is in the order of occurrence but for late lines and duplicates', () => {
    const punctual = linesOf({ ...few, lateShare: 0, duplicateShare: 0 }).map(({ time }) => parseInstant(time));
    expect(punctual).toEqual([...punctual].sort((a, b) => a - b));
  });

  test('holds duplicates, about as many as were asked for', () => {
    const again = journal.length - new Set(journal.map(({ source, id }) => `${source} ${id}`)).size;
    expect(again / journal.length).toBeGreaterThan(0.001);
    expect(again / journal.length).toBeLessThan(0.004);
  });

  test('loses no line that is late', () => {
    const punctual = linesOf({ ...few, lateShare: 0, duplicateShare: 0 });
    const late = linesOf({ ...few, lateShare: 0.5, duplicateShare: 0 });
    const ids = (lines: Line[]) => lines.map(({ id }) => id).sort();
    expect(ids(late)).toEqual(ids(punctual));
  });

  test('holds about as many charges as were asked for', () => {
    const charges = linesOf({ ...few, chargesPerDay: 3 }).filter(({ type }) => type === 'alo.usage.charged.v1').length;
    expect(charges / (100 * 40 * 3)).toBeGreaterThan(0.8);
    expect(charges / (100 * 40 * 3)).toBeLessThan(1.2);
  });
});

describe('a life', () => {
  const types = countBy(journal, ({ type }) => type.slice(4, -3));
  const ofType = (name: string) => journal.filter(({ type }) => type === `alo.${name}.v1`);

  test.each([
    'usage.charged',
    'usage.adjusted',
    'invoice.issued',
    'invoice.adjusted',
    'payment.received',
    'payment.reversed',
    'suspension.requested',
    'subscriber.updated',
    'subscriber.listed',
    'subscriber.delisted',
    'subscriber.closed',
    'subscriber.erased',
    'quality.reported',
  ])('brings %s', (name) => {
    expect(types[name]).toBeGreaterThan(0);
  });

  test('begins with a profile within three days', () => {
    const early = ofType('subscriber.updated').filter(({ time }) => parseInstant(time) < startDefault + 3 * dayMs);
    expect(new Set(early.map(({ subject }) => subject)).size).toBe(1200);
    expect(Object.keys(countBy(early, ({ data }) => String(data.kind))).sort()).toEqual(['organisation', 'person']);
  });

  test('is charged for voice, sms, data, roaming and more', () => {
    const services = countBy(ofType('usage.charged'), ({ data }) => String(data.service));
    expect(Object.keys(services).sort()).toEqual(['data', 'roaming', 'sms', 'vas', 'voice']);
  });

  test('has adjustments that are mostly negative and reach back', () => {
    const adjusted = ofType('usage.adjusted');
    const negative = adjusted.filter(({ data }) => Number(data.amount) < 0).length;
    expect(negative / adjusted.length).toBeGreaterThan(0.7);
    for (const { data, time } of adjusted) {
      expect(parseInstant(String(data.appliesTo))).toBeLessThan(parseInstant(time));
    }
  });

  test('has adjustments that correct a charge which is known', () => {
    const charges = new Map(ofType('usage.charged').map((charge) => [charge.id, charge.time]));
    const known = ofType('usage.adjusted').filter(({ data }) => charges.has(String(data.corrects)));
    expect(known.length).toBeGreaterThan(0);
    for (const { data } of known) expect(charges.get(String(data.corrects))).toBe(data.appliesTo);
  });

  test('has invoices for what was charged in the month before, due on the 20th', () => {
    const world = worldOf({ ...life });
    for (const { data, subject } of ofType('invoice.issued')) {
      const month = monthOf(parseInstant(`${String(data.dueOn)}T00:00:00Z`) / dayMs) - 1;
      const spentMinor = spendOfMonth(world, lifeOf(world, Number(subject.slice(2))), month);
      expect(data.amount).toBe(Math.max(20_000, spentMinor));
      expect(String(data.dueOn).slice(8)).toBe('20');
    }
  });

  test('has payments of which most come in time, and none for an unknown invoice', () => {
    const dueOn = new Map(ofType('invoice.issued').map(({ data }) => [data.invoiceId, String(data.dueOn)]));
    const first = new Map<unknown, string>();
    for (const { data, time } of ofType('payment.received'))
      if (!first.has(data.invoiceId)) first.set(data.invoiceId, time);
    const inTime = [...first].filter(([invoice, time]) => time.slice(0, 10) <= (dueOn.get(invoice) as string)).length;
    expect([...first.keys()].filter((invoice) => !dueOn.has(invoice))).toEqual([]);
    expect(inTime / dueOn.size).toBeGreaterThan(0.7);
    expect(inTime / dueOn.size).toBeLessThan(0.97);
  });

  test('has suspension requests that are repeated under the same requestId', () => {
    const events = new Map(ofType('suspension.requested').map(({ id, data }) => [id, String(data.requestId)]));
    expect(new Set(events.values()).size).toBeLessThan(events.size);
  });

  test('has outages that many share', () => {
    const shared = countBy(ofType('quality.reported'), ({ data }) => String(data.outageId ?? 'none'));
    expect(Object.entries(shared).filter(([outage, count]) => outage !== 'none' && count > 5).length).toBeGreaterThan(
      3,
    );
  });

  test('is charged nothing after its closing, however late that is told', () => {
    const closed = new Map(ofType('subscriber.closed').map(({ subject, time }) => [subject, time]));
    const after = ofType('usage.charged').filter(({ subject, time }) => time > (closed.get(subject) ?? '9'));
    expect(after).toEqual([]);
  });
});

describe('spend', () => {
  const january = monthOf(startDefault / dayMs + 1);
  const sumsOf = (world: ReturnType<typeof worldOf>, month: number) =>
    Array.from({ length: world.subscribers }, (_, i) => spendOfMonth(world, lifeOf(world, i + 1), month));
  const vipShare = (sums: readonly number[]) => sums.filter((sum) => sum >= 1_000_000).length / sums.length;

  test.each([2000, 20_000])('makes about 1 %% of %d subscribers VIP', (subscribers) => {
    const sums = sumsOf(worldOf({ subscribers, days: 31 }), january).sort((a, b) => a - b);
    expect(vipShare(sums)).toBeGreaterThan(0.005);
    expect(vipShare(sums)).toBeLessThan(0.02);
    expect(sums[subscribers / 2]).toBeGreaterThan(70_000);
    expect(sums[subscribers / 2]).toBeLessThan(100_000);
  });

  test('does not depend on how finely it is charged', () => {
    expect(vipShare(sumsOf(worldOf({ subscribers: 2000, days: 31, chargesPerDay: 4 }), january))).toBeGreaterThan(
      0.005,
    );
    expect(vipShare(sumsOf(worldOf({ subscribers: 2000, days: 31, chargesPerDay: 0.2 }), january))).toBeLessThan(0.02);
  });

  test('of a month is the sum of the charges in the journal', () => {
    const options = { ...few, days: 31, duplicateShare: 0 };
    const charges = linesOf(options).filter(({ type }) => type === 'alo.usage.charged.v1');
    const inJournal = charges.reduce((sum, { data }) => sum + Number(data.amount), 0);
    expect(sumsOf(worldOf(options), january).reduce((sum, one) => sum + one, 0)).toBe(inJournal);
  });

  test('drifts: half a year later some VIPs have fallen, others have risen, and some have fallen silent', () => {
    const world = worldOf({ subscribers: 4000, days: 1 });
    const [before, after] = [sumsOf(world, january), sumsOf(world, january + 6)] as const;
    const pairs = before.map((sum, i) => [sum, after[i] as number] as const);
    const isVip = (sum: number) => sum >= 1_000_000;
    expect(pairs.filter(([first, later]) => isVip(first) && isVip(later)).length).toBeGreaterThan(5);
    expect(pairs.filter(([first, later]) => isVip(first) && !isVip(later)).length).toBeGreaterThan(5);
    expect(pairs.filter(([first, later]) => !isVip(first) && isVip(later)).length).toBeGreaterThan(5);
    expect(pairs.filter(([first, later]) => isVip(first) && later < first / 5).length).toBeGreaterThan(0);
  });
});

describe('broken lines', () => {
  test('are refused at the door, about as many as were asked for', () => {
    const kinds = countBy([...simulate({ ...few, brokenShare: 0.05 })].map(readText), ({ kind }) => kind);
    const refused = (kinds.refused ?? 0) + (kinds.unreadable ?? 0);
    expect(refused / (refused + (kinds.event ?? 0))).toBeGreaterThan(0.03);
    expect(refused / (refused + (kinds.event ?? 0))).toBeLessThan(0.07);
    expect(kinds.empty).toBeUndefined();
  });

  test('are all refused, where all are broken', () => {
    const kinds = [...simulate({ ...few, brokenShare: 1, duplicateShare: 0 })].map((line) => readText(line).kind);
    expect(new Set(kinds)).toEqual(new Set(['refused', 'unreadable']));
  });
});

describe('options', () => {
  test.each([
    { wrong: { subscribers: 0, days: 1 }, why: 'nobody to simulate' },
    { wrong: { subscribers: 1.5, days: 1 }, why: 'half a subscriber' },
    { wrong: { subscribers: 2 ** 24, days: 1 }, why: 'more than a plan entry can name' },
    { wrong: { subscribers: 1, days: -1 }, why: 'days before the start' },
    { wrong: { subscribers: 1, days: 1, chargesPerDay: 25 }, why: 'more charges than a plan entry can name' },
    { wrong: { subscribers: 1, days: 1, lateShare: Number.NaN }, why: 'a share that is no number' },
  ])('are refused before anything is written: $why', ({ wrong }) => {
    expect(() => simulate(wrong)).toThrow(RangeError);
  });

  test('that are wrong are told together', () => {
    const wrong = { subscribers: 0, days: 1.5, lateShare: 2 };
    const problems = ['subscribers must be 1 to 16777215; it is 0', 'days must be a whole number; it is 1.5'];
    expect(() => simulate(wrong)).toThrow(
      new RangeError([...problems, 'lateShare must be 0 to 1; it is 2'].join('\n')),
    );
  });

  test('of no days give no lines', () => {
    expect([...simulate({ subscribers: 10, days: 0 })]).toEqual([]);
  });
});
