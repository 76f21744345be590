import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addTo, sumAt, sumBetween } from './sums.ts';

const never = Number.NEGATIVE_INFINITY;

describe('an amount added', () => {
  test.each([
    { sums: [], key: 5, oldest: never, left: [5, 7], why: 'the first' },
    { sums: [5, 1], key: 5, oldest: never, left: [5, 8], why: 'to the last key' },
    { sums: [5, 1], key: 6, oldest: never, left: [5, 1, 6, 7], why: 'after the last' },
    { sums: [5, 1], key: 4, oldest: never, left: [4, 7, 5, 1], why: 'late, before the first' },
    { sums: [4, 1, 6, 1], key: 5, oldest: never, left: [4, 1, 5, 7, 6, 1], why: 'late, between two' },
    { sums: [4, 1, 6, 1], key: 4, oldest: never, left: [4, 8, 6, 1], why: 'late, to one that is there' },
    { sums: [5, -7], key: 5, oldest: never, left: [5, 0], why: 'a sum that becomes 0 stays' },
    { sums: [4, 1, 5, 1], key: 6, oldest: 5, left: [5, 1, 6, 7], why: 'what is too old goes' },
    { sums: [4, 1, 5, 1], key: 5, oldest: 5, left: [5, 8], why: 'what is just old enough stays' },
    { sums: [3, 1, 4, 1], key: 9, oldest: 8, left: [9, 7], why: 'all is too old' },
    { sums: [5, 1], key: 4, oldest: 5, left: [5, 1], why: 'it is too old itself' },
    { sums: [], key: 4, oldest: 5, left: [], why: 'too old, and nothing there' },
  ])('7 at $key to $sums leaves $left: $why', ({ sums, key, oldest, left }) => {
    expect(addTo(sums, key, 7, oldest)).toEqual(left);
  });

  test('leaves the list that it was added to as it was', () => {
    const sums = Object.freeze([1, 1, 5, 1]);
    addTo(sums, 5, 7, 3);
    expect(sums).toEqual([1, 1, 5, 1]);
  });
});

test('sums are those of a map, whatever the order in which amounts come', () => {
  const amounts = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -9, max: 9 })));
  fc.assert(
    fc.property(amounts, fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }), (added, from, to) => {
      const sums = added.reduce<readonly number[]>((left, [key, amount]) => addTo(left, key, amount, never), []);
      const map = new Map<number, number>();
      for (const [key, amount] of added) map.set(key, (map.get(key) ?? 0) + amount);
      const sorted = [...map].sort((a, b) => a[0] - b[0]);
      const between = sorted.filter(([key]) => from <= key && key < to).reduce((sum, [, amount]) => sum + amount, 0);
      expect(sums).toEqual(sorted.flat());
      expect([sumAt(sums, from), sumBetween(sums, from, to)]).toEqual([map.get(from) ?? 0, between]);
    }),
  );
});
