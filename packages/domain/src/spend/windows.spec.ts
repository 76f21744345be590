import { parseWindow, type Window } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDay, monthOf, parseDay, parseMonth } from '../calendar/civil-date.ts';
import { daysCovered, describeWindow, windowValue } from './windows.ts';

const window = (name: string): Window => parseWindow(name) as Window;

describe('a window, anchored on a day, covers', () => {
  test.each([
    { name: 'month-to-date', on: '2026-07-01', from: '2026-07-01', to: '2026-08-01', why: 'the first of the month' },
    { name: 'month-to-date', on: '2026-07-31', from: '2026-07-01', to: '2026-08-01', why: 'the last of the month' },
    { name: 'month-to-date', on: '2026-12-31', from: '2026-12-01', to: '2027-01-01', why: 'the last of the year' },
    { name: 'month-to-date', on: '2028-02-29', from: '2028-02-01', to: '2028-03-01', why: 'a leap day' },
    { name: 'previous-month', on: '2026-01-01', from: '2025-12-01', to: '2026-01-01', why: 'back into the last year' },
    { name: 'previous-month', on: '2026-03-31', from: '2026-02-01', to: '2026-03-01', why: 'a shorter month' },
    { name: 'previous-month', on: '2028-03-01', from: '2028-02-01', to: '2028-03-01', why: 'a leap February' },
    { name: 'year-to-date', on: '2026-01-01', from: '2026-01-01', to: '2027-01-01', why: 'the first of the year' },
    { name: 'year-to-date', on: '2026-12-31', from: '2026-01-01', to: '2027-01-01', why: 'it ends on 1 January after' },
    { name: 'last-1-days', on: '2026-03-01', from: '2026-03-01', to: '2026-03-02', why: 'today only' },
    { name: 'last-30-days', on: '2026-03-01', from: '2026-01-31', to: '2026-03-02', why: 'today and 29 days before' },
    { name: 'last-30-days', on: '2028-03-01', from: '2028-02-01', to: '2028-03-02', why: 'over a leap day' },
    { name: 'last-62-days', on: '2026-01-31', from: '2025-12-01', to: '2026-02-01', why: 'the longest' },
    { name: 'last-1-months', on: '2026-07-15', from: '2026-06-01', to: '2026-07-01', why: 'the shortest' },
    { name: 'last-12-months', on: '2026-07-15', from: '2025-07-01', to: '2026-07-01', why: '12 complete ones' },
    { name: 'last-24-months', on: '2026-01-31', from: '2024-01-01', to: '2026-01-01', why: 'the longest' },
    { name: '1-months-to-date', on: '2026-07-15', from: '2026-07-01', to: '2026-08-01', why: 'as month-to-date' },
    { name: '12-months-to-date', on: '2026-07-15', from: '2025-08-01', to: '2026-08-01', why: '11 complete and this' },
    { name: '24-months-to-date', on: '2026-01-01', from: '2024-02-01', to: '2026-02-01', why: 'the longest' },
    {
      name: 'average-of-last-3-months',
      on: '2026-02-28',
      from: '2025-11-01',
      to: '2026-02-01',
      why: 'over a new year',
    },
  ])('$name on $on: $from to $to, $why', ({ name, on, from, to }) => {
    expect(describeWindow(window(name), parseDay(on), 5)).toEqual({ window: name, from, to, value: 5 });
  });
});

/** One charge of 1 on each of these days, and one of 1 in each of these months. */
const spendOn = (amounts: Readonly<Record<string, number>>) => {
  const entries = Object.entries(amounts).map(([day, amount]) => [parseDay(day), amount] as const);
  const months = new Map<number, number>();
  for (const [day, amount] of entries) months.set(monthOf(day), (months.get(monthOf(day)) ?? 0) + amount);
  return { days: entries.flat(), months: [...months].flat() };
};

describe('what counts at the bounds of a window', () => {
  const spend = spendOn({
    '2024-07-31': 1,
    '2024-08-01': 2,
    '2025-07-31': 4,
    '2025-12-31': 8,
    '2026-01-01': 16,
    '2026-06-30': 32,
    '2026-07-01': 64,
    '2026-07-02': 128,
    '2026-07-31': 256,
    '2026-08-01': 512,
  });
  test.each([
    { name: 'month-to-date', value: 64 + 128 + 256, why: 'both ends of July, no neighbour' },
    { name: 'previous-month', value: 32, why: 'June only' },
    { name: 'year-to-date', value: 16 + 32 + 64 + 128 + 256 + 512, why: 'this civil year, whatever of it is known' },
    { name: 'last-30-days', value: 128 + 256, why: 'the 30th day before is 1 July and out' },
    { name: 'last-31-days', value: 64 + 128 + 256, why: 'and 1 July is in' },
    { name: 'last-1-days', value: 256, why: 'today' },
    { name: 'last-12-months', value: 4 + 8 + 16 + 32, why: 'July of last year is in, this July is not' },
    { name: '12-months-to-date', value: 8 + 16 + 32 + 64 + 128 + 256, why: 'the other way round' },
    { name: '24-months-to-date', value: 1022 - 512, why: 'August of two years ago is in, July is not' },
    { name: 'last-24-months', value: 1 + 2 + 4 + 8 + 16 + 32, why: 'July of two years ago is in' },
  ])('$name is $value: $why', ({ name, value }) => {
    expect(windowValue(spend, window(name), parseDay('2026-07-31'))).toBe(value);
  });
});

describe('an average is floored, and no rule sees less than 0', () => {
  test.each([
    { name: 'average-of-last-3-months', sum: 8, value: 2, why: '8 / 3 is floored' },
    { name: 'average-of-last-3-months', sum: 9, value: 3, why: 'exactly' },
    { name: 'average-of-last-3-months', sum: 2, value: 0, why: 'less than 1' },
    { name: 'average-of-last-3-months', sum: 0, value: 0, why: 'nothing' },
    { name: 'average-of-last-3-months', sum: -1, value: 0, why: 'a negative sum counts as 0 before it is divided' },
    { name: 'average-of-last-3-months', sum: -9, value: 0, why: 'a negative average' },
    { name: 'previous-month', sum: -1, value: 0, why: 'a negative sum' },
    { name: 'last-3-months', sum: 7, value: 7, why: 'a sum is not divided' },
  ])('$name of a sum of $sum is $value: $why', ({ name, sum, value }) => {
    const spend = { days: [], months: [parseMonth('2026-06'), sum] };
    expect(windowValue(spend, window(name), parseDay('2026-07-31'))).toBe(value);
  });

  test('a negative day takes from the days beside it', () => {
    expect(
      windowValue(spendOn({ '2026-07-30': 10, '2026-07-31': -4 }), window('last-2-days'), parseDay('2026-07-31')),
    ).toBe(6);
  });
});

test('the value of a window is the sum of the days that it says it covers', () => {
  const names = [
    'month-to-date',
    'previous-month',
    'year-to-date',
    'last-30-days',
    'last-3-months',
    '12-months-to-date',
  ];
  const days = fc.integer({ min: parseDay('2025-01-01'), max: parseDay('2027-12-31') });
  const charges = fc.uniqueArray(fc.tuple(days, fc.integer({ min: -50, max: 100 })), { selector: ([day]) => day });
  fc.assert(
    fc.property(charges, fc.constantFrom(...names), days, (amounts, name, anchor) => {
      const sorted = amounts.toSorted((a, b) => a[0] - b[0]);
      const spend = spendOn(Object.fromEntries(sorted.map(([day, amount]) => [formatDay(day), amount])));
      const { from, to } = daysCovered(window(name), anchor);
      const within = sorted.filter(([day]) => from <= day && day < to);
      const sum = within.reduce((total, [, amount]) => total + amount, 0);
      expect(windowValue(spend, window(name), anchor)).toBe(Math.max(0, sum));
    }),
  );
});
