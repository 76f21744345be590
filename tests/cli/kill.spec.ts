import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
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

/** Waits until a file is larger than so many bytes, or the run has ended. */
const hasGrownTo = async (file: string, bytes: number, ended: Promise<unknown>) => {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && sizeOf(file) <= bytes) await sleep(2);
};

test('a run that is killed again and again leaves the same bytes as one that is not', async () => {
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
