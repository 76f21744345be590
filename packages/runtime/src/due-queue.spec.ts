import { expect, test } from '@jest/globals';
import { makeDueQueue } from './due-queue.ts';
import type { Due } from './ports.ts';

/** So much of the store's index is read at a time. */
const windowSize = 4096;

const compareSubscribers = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const dueAtNth = (n: number): Due => ({ dueAt: n, subscriber: `s-${n}` });

test.each([
  { most: 500, why: 'a piece is small against it' },
  { most: windowSize, why: 'all that was read is settled in one piece' },
  { most: windowSize * 2, why: 'a piece is longer than what is read at a time' },
])('what was re-armed waits for what the store has before it: $why', async ({ most }) => {
  const stored = Array.from({ length: windowSize + 10 }, (_, n) => dueAtNth(n));
  const rearmed = { dueAt: windowSize + 5, subscriber: 'rearmed' };
  const left = new Map([...stored, rearmed].map(({ dueAt, subscriber }) => [subscriber, dueAt]));
  const queue = makeDueQueue({
    states: {
      dueAfter: async (place, wanted) => {
        const from = place ? place.dueAt + 1 : 0;
        return stored.slice(from, from + wanted);
      },
    },
    compareSubscribers,
    dueAtOf: (subscriber) => left.get(subscriber),
    onLeft: () => undefined,
  });
  queue.add(rearmed);
  const settled: number[] = [];
  while (settled.length <= stored.length) {
    await queue.needed(Number.MAX_SAFE_INTEGER, most);
    for (let due = queue.first(Number.MAX_SAFE_INTEGER); due; due = queue.first(Number.MAX_SAFE_INTEGER)) {
      settled.push(due.dueAt);
      left.delete(due.subscriber);
    }
  }
  expect(settled).toEqual(settled.toSorted((a, b) => a - b));
});
