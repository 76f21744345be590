import { describe, expect, test } from '@jest/globals';
import { formatDay } from '../calendar/civil-date.ts';
import { tetDates } from '../testing/tet.ts';
import { lunarDay } from './lunar-day.ts';

const dateOf = (year: number, month: number, day: number) => formatDay(lunarDay(year, month, day));

describe('Tết', () => {
  test('has a date for each of 133 years in the table', () => {
    expect([tetDates.length, tetDates[0], tetDates.at(-1)]).toEqual([133, '1968-01-29', '2100-02-09']);
  });

  test.each(tetDates.map((date) => ({ date, year: Number(date.slice(0, 4)) })))('of $year is $date', (tet) => {
    expect(dateOf(tet.year, 1, 1)).toBe(tet.date);
  });
});

/** By another source than the table's own: the first days of all twelve months, in years with a leap month or beside one. */
const months = [
  {
    year: 2033,
    why: 'a leap month after the 11th',
    firsts: '01-31 03-01 03-31 04-29 05-28 06-27 07-26 08-25 09-23 10-23 11-22 2034-01-20',
  },
  {
    year: 2034,
    why: 'the year after it',
    firsts: '02-19 03-20 04-19 05-18 06-16 07-16 08-14 09-12 10-12 11-11 12-11 2035-01-09',
  },
  {
    year: 2052,
    why: 'a leap month after the 8th',
    firsts: '02-01 03-01 03-31 04-29 05-28 06-27 07-26 08-24 10-22 11-21 12-21 2053-01-20',
  },
  {
    year: 2053,
    why: 'no leap month',
    firsts: '02-18 03-20 04-19 05-18 06-16 07-16 08-14 09-12 10-12 11-10 12-10 2054-01-09',
  },
  {
    year: 2054,
    why: 'no leap month',
    firsts: '02-08 03-09 04-08 05-08 06-06 07-05 08-04 09-02 10-01 10-31 11-29 12-29',
  },
];

describe('the months of a year', () => {
  test.each(months)('$year: $why', ({ year, firsts }) => {
    const expected = firsts.split(' ').map((date) => (date.length === 5 ? `${year}-${date}` : date));
    expect(expected.map((_, n) => dateOf(year, n + 1, 1))).toEqual(expected);
  });
});

describe('a day of the Vietnamese calendar', () => {
  test.each([
    { on: [2027, 1, 1], date: '2027-02-06', why: 'a day before the Chinese new year' },
    { on: [1985, 1, 1], date: '1985-01-21', why: 'a month before the Chinese new year' },
    { on: [2030, 1, 1], date: '2030-02-02', why: 'a day before the Chinese new year' },
    { on: [2026, 12, 23], date: '2027-01-30', why: 'the kitchen gods, in the civil year after' },
    { on: [2026, 12, 29], date: '2027-02-05', why: 'the last of a month of 29 days' },
    { on: [2026, 12, 30], date: '2027-02-05', why: 'a 30th that the month lacks is its last day' },
    { on: [2023, 12, 30], date: '2024-02-09', why: 'a 30th that there is' },
    { on: [2025, 6, 1], date: '2025-06-25', why: 'and not in the leap month behind it, 25 July' },
    { on: [2025, 6, 30], date: '2025-07-24', why: 'nor its end' },
    { on: [2025, 7, 1], date: '2025-08-23', why: 'behind a leap month' },
    { on: [2026, 3, 10], date: '2026-04-26', why: "the Hùng kings' day" },
    { on: [2026, 8, 15], date: '2026-09-25', why: 'mid-autumn' },
  ] as const)('$on is $date: $why', ({ on: [year, month, day], date }) => {
    expect(dateOf(year, month, day)).toBe(date);
  });
});
