import { expect, test } from '@jest/globals';
import { atMostEvery } from './at-most-every.ts';

test.each([
  { calls: [0, 999], done: 0, why: 'not before the first span is over' },
  { calls: [1000], done: 1, why: 'exactly when it is' },
  { calls: [1000, 1999], done: 1, why: 'not twice within one' },
  { calls: [1000, 2000], done: 2, why: 'again after another' },
  { calls: [5000, 5001], done: 1, why: 'spans in which nobody called are not made up for' },
])('called after $calls ms of spans of 1,000: done $done times, $why', async ({ calls, done }) => {
  let now = 0;
  let count = 0;
  const work = async () => {
    count += 1;
  };
  const call = atMostEvery(1000, work, () => now);
  for (now of calls) await call();
  expect(count).toBe(done);
});
