import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { collectValues, cutAt } from './cut.ts';

const rising = (values: readonly number[]) => {
  const collected = collectValues();
  for (const value of values) collected.add(value);
  return collected.rising();
};
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

describe('the cut is at rank ceil(N × ppm / 10^6)', () => {
  test.each([
    { count: 100, ppm: 10_000, cut: { rank: 1, value: 100 }, why: '1 % of 100 is the first' },
    {
      count: 101,
      ppm: 10_000,
      cut: { rank: 2, value: 100 },
      why: 'of 101 it is a part of the second, who counts whole',
    },
    { count: 99, ppm: 10_000, cut: { rank: 1, value: 99 }, why: 'of 99 it is the first all the same' },
    { count: 1, ppm: 1, cut: { rank: 1, value: 1 }, why: 'of one it is that one' },
    { count: 5, ppm: 1_000_000, cut: { rank: 5, value: 1 }, why: 'all of them' },
    { count: 0, ppm: 10_000, cut: { rank: 0, value: Number.POSITIVE_INFINITY }, why: 'of none, nobody reaches it' },
  ])('$ppm ppm of $count: $why', ({ count, ppm, cut }) => {
    expect(cutAt(rising(upTo(count)), ppm)).toEqual(cut);
  });

  test('of sums as large as can be, whatever their order', () => {
    expect(cutAt(rising([3, 2 ** 52, 1, 2 ** 52 - 1]), 500_000)).toEqual({ rank: 2, value: 2 ** 52 - 1 });
  });
});

test('who reaches the cut are as many as its rank, or more by ties at its value alone', () => {
  const values = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3000 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 1_000_000 }), (all, ppm) => {
      const { rank, value } = cutAt(rising(all), ppm);
      expect(all.filter((one) => one >= value).length).toBeGreaterThanOrEqual(rank);
      expect(all.filter((one) => one > value).length).toBeLessThan(rank);
      expect(rank).toBe(Math.ceil((all.length * ppm) / 1_000_000));
    }),
  );
});
