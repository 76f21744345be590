import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  civilDate,
  civilDay,
  firstDayOf,
  formatDay,
  formatMonth,
  monthOf,
  parseDay,
  parseMonth,
  parseTimeOfDay,
  yearOf,
} from './civil-date.ts';

describe('the civil day of a date', () => {
  test.each([
    { date: [2026, 2, 28], day: '2026-02-28', why: 'as it is' },
    { date: [2026, 2, 29], day: '2026-02-28', why: 'a 29 February that the year lacks' },
    { date: [2028, 2, 29], day: '2028-02-29', why: 'a leap year' },
    { date: [2100, 2, 29], day: '2100-02-28', why: 'a century is no leap year' },
    { date: [2000, 2, 29], day: '2000-02-29', why: 'but every fourth is' },
    { date: [2026, 4, 31], day: '2026-04-30', why: 'a 31st that the month lacks' },
  ] as const)('$date is $day: $why', ({ date: [year, month, day], day: expected }) => {
    expect(formatDay(civilDay(year, month, day))).toBe(expected);
  });
});

describe('a month', () => {
  test.each([
    { day: '2026-01-31', month: '2026-01', firstDay: '2026-01-01', why: 'its last day' },
    { day: '2026-02-01', month: '2026-02', firstDay: '2026-02-01', why: 'its first day' },
    { day: '2028-02-29', month: '2028-02', firstDay: '2028-02-01', why: 'a leap day' },
    { day: '2025-12-31', month: '2025-12', firstDay: '2025-12-01', why: "a year's last day" },
    { day: '1969-12-31', month: '1969-12', firstDay: '1969-12-01', why: 'before 1970' },
    { day: '0001-01-01', month: '0001-01', firstDay: '0001-01-01', why: 'a year of four digits all the same' },
  ])('of $day is $month: $why', ({ day, month, firstDay }) => {
    expect(formatMonth(monthOf(parseDay(day)))).toBe(month);
    expect(formatDay(firstDayOf(parseMonth(month)))).toBe(firstDay);
    expect(yearOf(parseMonth(month))).toBe(Number(day.slice(0, 4)));
  });
});

test('a civil day is read back as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (day) => {
      const { year, month, day: date } = civilDate(day);
      expect([parseDay(formatDay(day)), civilDay(year, month, date)]).toEqual([day, day]);
    }),
  );
});

test.each([
  { text: '00:00', ms: 0 },
  { text: '00:01', ms: 60_000 },
  { text: '23:59', ms: 86_340_000 },
])('$text is $ms milliseconds after midnight', ({ text, ms }) => {
  expect(parseTimeOfDay(text)).toBe(ms);
});
