import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatInstant, parseInstant, secondMs } from '@alo/contracts';
import { expect, test } from '@jest/globals';
import { scratchFolder, start } from './alo-process.ts';
import { charged, type Event, linesOf, listed, writePolicy } from './event-lines.ts';

const folder = scratchFolder();
const policyFile = writePolicy(folder);

type Heard = { readonly type: string; readonly subject: string; readonly time: string; readonly heardAt: number };

/** A run that is alive: what is sent to it, and what it says, and when. */
const liveRun = (name: string) => {
  const data = join(folder, name);
  const { child, ended } = start([
    'run',
    '--policy',
    policyFile,
    '--events',
    '-',
    '--live',
    '--data',
    data,
    '--out',
    '-',
    '--json',
  ]);
  const heard: Heard[] = [];
  createInterface(child.stdout as NonNullable<ChildProcess['stdout']>).on('line', (line) => {
    heard.push({ ...(JSON.parse(line) as Heard), heardAt: Date.now() });
  });
  const send = (...events: Event[]) => child.stdin?.write(linesOf(events));
  const until = async (type: string) => {
    for (let tries = 0; tries < 4000; tries += 1) {
      const found = heard.find((trigger) => trigger.type === `alo.${type}.v1`);
      if (found) return found;
      await sleep(5);
    }
    throw new Error(`${type} never came`);
  };
  const end = async () => {
    child.stdin?.end();
    return ended;
  };
  return { child, ended, heard, send, until, end };
};

/** What counts as at once, on a machine that is busy with other tests. */
const momentMs = 5 * secondMs;

const soon = (ms: number) => formatInstant(Date.now() + ms);

test('a trigger comes at once, and what falls due comes by itself, at its own instant', async () => {
  const run = liveRun('first');
  const validTo = soon(4000);
  run.send(listed('s-1', soon(-60_000), validTo, soon(0)), charged('s-2', 1, soon(0)));
  const upgraded = await run.until('tier.upgraded');
  expect(upgraded.heardAt - parseInstant(upgraded.time)).toBeLessThan(momentMs);
  const downgraded = await run.until('tier.downgraded');
  expect(downgraded.time).toBe(validTo);
  expect(downgraded.heardAt).toBeGreaterThanOrEqual(parseInstant(validTo));
  expect(downgraded.heardAt - parseInstant(validTo)).toBeLessThan(momentMs);
  run.send(charged('s-3', 1000, soon(0)));
  const late = await run.until('tier.upgraded');
  expect(late.subject).toBe('s-1');
  const { code, stderr } = await run.end();
  expect(code).toBe(0);
  expect(JSON.parse(stderr.trim().split('\n').at(-1) as string)).toMatchObject({
    linesRead: 3,
    eventsTaken: 3,
    triggers: { 'tier.upgraded': 2, 'tier.downgraded': 1 },
  });
});

test('what fell due while nobody ran comes at the next start, before anything is sent', async () => {
  const first = liveRun('second');
  const validTo = soon(4000);
  first.send(listed('s-1', soon(-60_000), validTo, soon(0)));
  await first.until('tier.upgraded');
  await first.end();
  await sleep(Math.max(0, parseInstant(validTo) - Date.now()));
  const second = liveRun('second');
  expect((await second.until('tier.downgraded')).time).toBe(validTo);
  second.child.kill('SIGINT');
  expect((await second.ended).code).toBe(130);
});

test('what falls due is not held up by lines that nobody can read', async () => {
  const run = liveRun('third');
  const validTo = soon(4000);
  run.send(listed('s-1', soon(-60_000), validTo, soon(0)));
  const noise = setInterval(() => run.child.stdin?.write('no event\n'), 20);
  const downgraded = await run.until('tier.downgraded');
  clearInterval(noise);
  expect(downgraded.heardAt - parseInstant(validTo)).toBeLessThan(momentMs);
  expect((await run.end()).code).toBe(0);
});

test('an event whose time is ahead of the clock is refused, one that is a little late is not', async () => {
  const run = liveRun('fourth');
  run.send(charged('s-1', 1000, soon(20 * 60_000)), charged('s-2', 1000, soon(-3_600_000)));
  expect((await run.until('tier.upgraded')).subject).toBe('s-2');
  const { stderr } = await run.end();
  expect(JSON.parse(stderr.trim().split('\n').at(-1) as string)).toMatchObject({
    eventsTaken: 1,
    refusals: { CLOCK: 1 },
  });
});

test('the end of what is sent decides what is due by then', async () => {
  const run = liveRun('fifth');
  // How long it takes to start is not what is asked here.
  run.send(charged('s-0', 1000, soon(0)));
  await run.until('tier.upgraded');
  const validTo = soon(3000);
  run.send(listed('s-1', soon(-60_000), validTo, soon(0)));
  while (!run.heard.some(({ subject, type }) => subject === 's-1' && type === 'alo.tier.upgraded.v1')) await sleep(5);
  await sleep(parseInstant(validTo) - Date.now() + 1);
  await run.end();
  expect(run.heard.at(-2)).toMatchObject({ type: 'alo.tier.downgraded.v1', time: validTo });
});
