import { dayMs, formatInstant, hourMs, minuteMs } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { instant } from '../testing/events.ts';
import { calendarOf } from './calendar.ts';
import { formatDay, parseDay, parseTimeOfDay } from './civil-date.ts';

describe('the civil day of an instant', () => {
  test.each([
    { zone: 'Asia/Ho_Chi_Minh', at: '2026-07-31T16:59:59.999Z', day: '2026-07-31', why: 'the last of the month' },
    { zone: 'Asia/Ho_Chi_Minh', at: '2026-07-31T17:00Z', day: '2026-08-01', why: 'local midnight starts a month' },
    { zone: 'Asia/Ho_Chi_Minh', at: '2026-07-31T17:30Z', day: '2026-08-01', why: 'half past midnight' },
    { zone: 'Asia/Ho_Chi_Minh', at: '2026-12-31T17:00Z', day: '2027-01-01', why: 'local midnight starts a year' },
    { zone: 'Asia/Ho_Chi_Minh', at: '2028-02-28T17:00Z', day: '2028-02-29', why: 'a leap day' },
    {
      zone: 'Asia/Ho_Chi_Minh',
      at: '1975-06-12T15:30Z',
      day: '1975-06-12',
      why: 'Sài Gòn was 8 hours ahead until the 13th',
    },
    { zone: 'Asia/Kolkata', at: '2026-07-31T18:29:59.999Z', day: '2026-07-31', why: 'half an hour, just before' },
    { zone: 'Asia/Kolkata', at: '2026-07-31T18:30Z', day: '2026-08-01', why: 'half an hour' },
    { zone: 'Asia/Kathmandu', at: '2026-07-31T18:14:59.999Z', day: '2026-07-31', why: 'three quarters, just before' },
    { zone: 'Asia/Kathmandu', at: '2026-07-31T18:15Z', day: '2026-08-01', why: 'three quarters of an hour' },
    { zone: 'Australia/Lord_Howe', at: '2026-07-31T13:30Z', day: '2026-08-01', why: 'winter, 10:30 ahead' },
    { zone: 'Australia/Lord_Howe', at: '2026-12-31T13:00Z', day: '2027-01-01', why: 'summer, 11:00 ahead' },
    { zone: 'Pacific/Apia', at: '2011-12-30T09:59:59.999Z', day: '2011-12-29', why: 'the last before the date line' },
    { zone: 'Pacific/Apia', at: '2011-12-30T10:00Z', day: '2011-12-31', why: 'there was no 30 December' },
    { zone: 'America/New_York', at: '2026-03-09T03:59:59.999Z', day: '2026-03-08', why: 'the end of 23 hours' },
    { zone: 'America/New_York', at: '2026-03-09T04:00Z', day: '2026-03-09', why: '23 hours later' },
    { zone: 'America/New_York', at: '2026-11-02T04:59:59.999Z', day: '2026-11-01', why: 'the end of 25 hours' },
    { zone: 'America/New_York', at: '2026-11-02T05:00Z', day: '2026-11-02', why: '25 hours later' },
    {
      zone: 'Africa/Casablanca',
      at: '2026-03-01T23:30Z',
      day: '2026-03-01',
      why: 'Ramadan, a month without summer time',
    },
    { zone: 'Africa/Casablanca', at: '2027-03-01T23:30Z', day: '2027-03-01', why: 'Ramadan of the next year' },
    { zone: 'Africa/Casablanca', at: '2028-02-15T23:30Z', day: '2028-02-15', why: 'Ramadan of the year after' },
    { zone: 'Africa/Casablanca', at: '2026-05-01T23:30Z', day: '2026-05-02', why: 'no Ramadan' },
    { zone: 'UTC', at: '1969-12-31T23:59:59.999Z', day: '1969-12-31', why: 'before 1970' },
  ])('$at in $zone is $day: $why', ({ zone, at, day }) => {
    expect(formatDay(calendarOf(zone).dayOf(instant(at)))).toBe(day);
  });
});

test('what is no instant has no day, and spoils nothing for who asks next', () => {
  const { dayOf } = calendarOf('Asia/Ho_Chi_Minh');
  expect(() => dayOf(Number.NaN)).toThrow(new RangeError('there is no instant NaN'));
  expect(formatDay(dayOf(instant('2026-08-01T00:00+07:00')))).toBe('2026-08-01');
});

describe('the instant of a local time', () => {
  test.each([
    { zone: 'Asia/Ho_Chi_Minh', day: '2026-08-01', time: '00:00', at: '2026-07-31T17:00:00Z', why: 'midnight' },
    {
      zone: 'Asia/Ho_Chi_Minh',
      day: '2026-08-03',
      time: '06:00',
      at: '2026-08-02T23:00:00Z',
      why: 'the day before in UTC',
    },
    { zone: 'Asia/Kathmandu', day: '2026-08-01', time: '09:00', at: '2026-08-01T03:15:00Z', why: 'three quarters' },
    { zone: 'Europe/London', day: '2026-03-29', time: '00:59', at: '2026-03-29T00:59:00Z', why: 'before the gap' },
    { zone: 'Europe/London', day: '2026-03-29', time: '01:00', at: '2026-03-29T01:00:00Z', why: 'skipped: 02:00' },
    { zone: 'Europe/London', day: '2026-03-29', time: '01:30', at: '2026-03-29T01:30:00Z', why: 'skipped: 02:30' },
    { zone: 'Europe/London', day: '2026-03-29', time: '02:00', at: '2026-03-29T01:00:00Z', why: 'after the gap' },
    { zone: 'Europe/London', day: '2026-10-25', time: '00:59', at: '2026-10-24T23:59:00Z', why: 'before it repeats' },
    { zone: 'Europe/London', day: '2026-10-25', time: '01:00', at: '2026-10-25T00:00:00Z', why: 'the first of two' },
    { zone: 'Europe/London', day: '2026-10-25', time: '01:30', at: '2026-10-25T00:30:00Z', why: 'the first of two' },
    { zone: 'Europe/London', day: '2026-10-25', time: '02:00', at: '2026-10-25T02:00:00Z', why: 'after both' },
    {
      zone: 'Australia/Lord_Howe',
      day: '2026-10-04',
      time: '02:15',
      at: '2026-10-03T15:45:00Z',
      why: 'half an hour skipped',
    },
    {
      zone: 'Australia/Lord_Howe',
      day: '2026-04-05',
      time: '01:45',
      at: '2026-04-04T14:45:00Z',
      why: 'half an hour repeated',
    },
    {
      zone: 'America/Sao_Paulo',
      day: '2018-11-04',
      time: '00:00',
      at: '2018-11-04T03:00:00Z',
      why: 'midnight itself is skipped',
    },
    {
      zone: 'America/Havana',
      day: '2026-11-01',
      time: '00:00',
      at: '2026-11-01T04:00:00Z',
      why: 'midnight comes twice',
    },
    {
      zone: 'America/Nuuk',
      day: '2026-03-28',
      time: '23:30',
      at: '2026-03-29T01:30:00Z',
      why: 'moved into the next day',
    },
    {
      zone: 'Pacific/Apia',
      day: '2011-12-30',
      time: '09:00',
      at: '2011-12-30T19:00:00Z',
      why: 'a day that was not: 31 December',
    },
  ])('$day $time in $zone is $at: $why', ({ zone, day, time, at }) => {
    expect(formatInstant(calendarOf(zone).instantOf(parseDay(day), parseTimeOfDay(time)))).toBe(at);
  });
});

const zones = fc.constantFrom(
  'Asia/Ho_Chi_Minh',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/New_York',
  'Europe/London',
  'America/Havana',
  'Africa/Casablanca',
);
const firstMs = instant('1990-01-01T00:00Z');
const lastMs = instant('2037-12-31T00:00Z');

/** Anywhere, or close to a change of the clock where the zone has one in the year after. */
const instants = fc
  .tuple(
    zones,
    fc.integer({ min: firstMs, max: lastMs }),
    fc.boolean(),
    fc.integer({ min: -3 * hourMs, max: 3 * hourMs }),
  )
  .map(([zone, ms, isNear, by]) => ({ zone, at: isNear ? nextChange(zone, ms) + by : ms }));

const offsetAt = (zone: string, ms: number) => DateTime.fromMillis(ms, { zone }).offset;

const nextChange = (zone: string, from: number): number => {
  let low = from;
  for (let n = 0; n < 12 && offsetAt(zone, low) === offsetAt(zone, low + 30 * dayMs); n += 1) low += 30 * dayMs;
  const offset = offsetAt(zone, low);
  let high = low + 30 * dayMs;
  while (high - low > minuteMs) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
};

describe('as luxon has it', () => {
  test('an instant falls on the same civil day', () => {
    fc.assert(
      fc.property(instants, ({ zone, at }) => {
        expect(formatDay(calendarOf(zone).dayOf(at))).toBe(DateTime.fromMillis(at, { zone }).toISODate());
      }),
      { numRuns: 150 },
    );
  });

  test('the local time of an instant is that instant, or the first that shows it', () => {
    fc.assert(
      fc.property(instants, ({ zone, at }) => {
        const local = DateTime.fromMillis(at, { zone });
        const timeOfDayMs = ((local.hour * 60 + local.minute) * 60 + local.second) * 1000 + local.millisecond;
        const first = Math.min(...local.getPossibleOffsets().map((time) => time.toMillis()));
        expect(calendarOf(zone).instantOf(parseDay(local.toISODate() as string), timeOfDayMs)).toBe(first);
      }),
      { numRuns: 150 },
    );
  });
});
