import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { alo, root, scratchFolder, start } from './alo-process.ts';

const folder = scratchFolder();
const at = (name: string) => join(folder, name);
const events = at('events.ndjson');
const policy = join(root, 'infra/policies/mobifone.json');

const args = (name: string) => {
  const sinks = ['--out', at(`${name}.out`), '--dead-letters', at(`${name}.dead`)];
  return [
    'run',
    '--policy',
    policy,
    '--events',
    events,
    '--until',
    '2026-03-20T00:00:00Z',
    '--data',
    at(name),
    ...sinks,
  ];
};
const written = (name: string) => ({
  out: readFileSync(at(`${name}.out`), 'utf8'),
  dead: readFileSync(at(`${name}.dead`), 'utf8'),
});
const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Numbers from 0 to 1, the same ones for the same seed. */
const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

const killsMax = 8;
/** Later and later, until the ranking has ended before it is stopped. */
const rankStopsMax = 15;

/** Waits until a file is larger than so many bytes, or the run has ended. */
const hasGrownTo = async (file: string, bytes: number, ended: Promise<unknown>) => {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && sizeOf(file) <= bytes) await sleep(2);
};

beforeAll(async () => {
  const simulated = [
    'simulate',
    '--subscribers',
    '1200',
    '--days',
    '60',
    '--charges-per-day',
    '2',
    '--broken',
    '0.001',
  ];
  expect((await alo([...simulated, '--out', events])).code).toBe(0);
}, 60_000);

test('a run that is killed again and again leaves the same bytes as one that is not', async () => {
  expect((await alo(args('undisturbed'))).code).toBe(0);
  const whole = sizeOf(at('undisturbed.out'));

  const random = seeded(7);
  let kills = 0;
  while (kills < killsMax) {
    const { child, ended } = start(args('killed'));
    await hasGrownTo(at('killed.out'), sizeOf(at('killed.out')) + (random() * whole) / killsMax, ended);
    await sleep(20 * random());
    child.kill('SIGKILL');
    if ((await ended).signal !== 'SIGKILL') break;
    kills += 1;
  }
  expect(kills).toBeGreaterThan(2);
  const last = await alo([...args('killed'), '--json']);
  expect(last).toMatchObject({ code: 0, stderr: '' });
  expect(written('killed').dead).toBe(written('undisturbed').dead);
  expect(written('killed').out).toBe(written('undisturbed').out);
  expect(written('killed').dead.split('\n').length).toBeGreaterThan(50);
}, 60_000);

test.each(['SIGKILL', 'SIGINT'] as const)(
  'a ranking that is stopped by %s again and again leaves the same journal and the same triggers as one that is not',
  async (signal) => {
    const half = JSON.parse(readFileSync(policy, 'utf8'));
    half.lists.top.ranked = { topPpm: 500_000, leavePpm: 600_000, window: 'previous-month' };
    writeFileSync(at('half.json'), JSON.stringify(half));
    const lived = ['run', '--policy', at('half.json'), '--events', events, '--until', '2026-03-20T00:00:00Z'];
    expect((await alo([...lived, '--data', at(`${signal}-0`)])).code).toBe(0);
    cpSync(at(`${signal}-0`), at(`${signal}-1`), { recursive: true });

    const rank = (n: 0 | 1) => [
      ...['rank', '--list', 'top', '--as-of', '2026-02', '--requested-by', 'lan', '--approved-by', 'minh'],
      ...['--data', at(`${signal}-${n}`), '--triggers', at(`${signal}-${n}.triggers`)],
    ];
    expect((await alo(rank(0))).code).toBe(0);

    let stops = 0;
    for (let delayMs = 150; stops < rankStopsMax; delayMs += 60) {
      const { child, ended } = start(rank(1));
      await sleep(delayMs);
      child.kill(signal);
      if ((await ended).code === 0) break;
      stops += 1;
    }
    expect(stops).toBeGreaterThan(2);
    expect((await alo(rank(1))).code).toBe(0);
    expect(readFileSync(at(`${signal}-1.triggers`), 'utf8')).toBe(readFileSync(at(`${signal}-0.triggers`), 'utf8'));
    expect(listingsIn(at(`${signal}-1`))).toEqual(listingsIn(at(`${signal}-0`)));
    expect(listingsIn(at(`${signal}-1`)).length).toBeGreaterThan(100);
  },
  60_000,
);

/** The lines that rankings put into the journal of a store. */
const listingsIn = (data: string): string[] => {
  const db = new DatabaseSync(join(data, 'alo.db'), { readOnly: true });
  const rows = db.prepare('SELECT lines FROM journal ORDER BY offset').all() as { lines: string }[];
  db.close();
  return rows.flatMap(({ lines }) => lines.split('\n')).filter((line) => line.includes('/alo/rank'));
};
