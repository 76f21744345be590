import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseDuration } from '@alo/contracts';
import { openEmbeddedStore } from '@alo/runtime';
import { run } from '../../services/cli/src/run/run.ts';
import { databaseName } from '../../services/cli/src/run/session.ts';
import { measure } from './measured.ts';
import { folder } from './workload.ts';

/**
 * `alo run` over a million subscribers; then, in the same store, a quiet day, a day on which about one in a hundred has
 * something due, and the activation of a policy. Each of these is a run of its own over one tick.
 */
const [, , events = '', policy = ''] = process.argv;
const data = join(folder, `million-${process.pid}`);
const at = (name: string) => `${data}.${name}`;
rmSync(data, { recursive: true, force: true });

const runOver = (file: string, policyFile = policy) =>
  run({ policy: policyFile, events: file, data, out: at('out'), maxGapMs: parseDuration('P31D') });

/** Milliseconds of a run over one tick, its triggers, and how long the event loop was ever blocked. */
const tickAt = async (time: string, policyFile = policy) => {
  const tick = { specversion: '1.0', id: time, source: '/bench', type: 'alo.time.ticked.v1', time };
  writeFileSync(at('tick'), `${JSON.stringify(tick)}\n`);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const { tally } = await runOver(at('tick'), policyFile);
  const ms = performance.now() - start;
  delay.disable();
  return { ms, triggers: tally.triggers, blockedMs: delay.max / 1e6 };
};

await measure(async () => {
  const start = performance.now();
  const { tally } = await runOver(events);
  const timedMs = performance.now() - start;
  await tickAt('2026-01-18T12:00:00+07:00');
  const quiet = await tickAt('2026-01-19T12:00:00+07:00');
  const due = await tickAt('2026-01-20T12:00:00+07:00');
  const next = JSON.parse(readFileSync(policy, 'utf8'));
  writeFileSync(
    at('policy'),
    JSON.stringify({ ...next, version: next.version + 1, occasions: next.occasions.slice(1) }),
  );
  const activation = await tickAt('2026-01-20T12:00:01+07:00', at('policy'));
  const store = await openEmbeddedStore(join(data, databaseName));
  const { subscribers, subscriberBytes } = await store.statistics();
  await store.close();
  const besides = {
    subscribers,
    stateBytesPerSubscriber: Math.round(subscriberBytes / subscribers),
    quietDayMs: Math.round(quiet.ms),
    dueDayMs: Math.round(due.ms),
    dueDayGifts: due.triggers['holiday-gift.due'] ?? 0,
    dueDayBlockedMs: Math.round(due.blockedMs),
    activationMs: Math.round(activation.ms),
    activationBlockedMs: Math.round(activation.blockedMs),
  };
  return { events: tally.linesRead, timedMs, besides };
});
rmSync(data, { recursive: true, force: true });
for (const name of ['out', 'tick', 'policy']) rmSync(at(name), { force: true });
