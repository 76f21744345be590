import { formatInstant, hourMs } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calendarOf } from '../calendar/calendar.ts';
import { formatDay } from '../calendar/civil-date.ts';
import { instant } from '../testing/events.ts';
import { everyReview, occurrenceAt, type ReviewTimes, warningsBefore } from './review-schedule.ts';

const vietnam = calendarOf('Asia/Ho_Chi_Minh');
const on = (every: ReviewTimes['every'], day = 3): ReviewTimes => ({ every, day, timeOfDayMs: 6 * hourMs });

describe('the next review after an instant', () => {
  test.each([
    { times: on('month'), after: '2026-08-03T05:59:59.999+07:00', at: '2026-08-02T23:00:00Z', why: 'just before' },
    {
      times: on('month'),
      after: '2026-08-03T06:00+07:00',
      at: '2026-09-02T23:00:00Z',
      why: 'exactly at one comes the next',
    },
    { times: on('month'), after: '2026-12-03T06:00+07:00', at: '2027-01-02T23:00:00Z', why: 'over the year' },
    {
      times: on('month', 28),
      after: '2027-02-01T00:00+07:00',
      at: '2027-02-27T23:00:00Z',
      why: 'a day that every month has',
    },
    {
      times: on('quarter'),
      after: '2026-01-03T05:59+07:00',
      at: '2026-01-02T23:00:00Z',
      why: 'January begins a quarter',
    },
    { times: on('quarter'), after: '2026-01-03T06:00+07:00', at: '2026-04-02T23:00:00Z', why: 'then April' },
    { times: on('quarter'), after: '2026-06-30T00:00+07:00', at: '2026-07-02T23:00:00Z', why: 'then July' },
    { times: on('quarter'), after: '2026-07-03T06:00+07:00', at: '2026-10-02T23:00:00Z', why: 'then October' },
    { times: on('half-year'), after: '2026-01-03T06:00+07:00', at: '2026-07-02T23:00:00Z', why: 'January, then July' },
    { times: on('half-year'), after: '2026-07-03T06:00+07:00', at: '2027-01-02T23:00:00Z', why: 'then January' },
    { times: on('year'), after: '2026-01-03T06:00+07:00', at: '2027-01-02T23:00:00Z', why: 'January only' },
    { times: on('year'), after: '2026-01-01T00:00+07:00', at: '2026-01-02T23:00:00Z', why: "the year's first days" },
  ])('every $times.every after $after is at $at: $why', ({ times, after, at }) => {
    expect(formatInstant(everyReview(vietnam, times).after(instant(after)).at)).toBe(at);
  });
});

const london = calendarOf('Europe/London');

describe('the next warning after an instant', () => {
  test.each([
    {
      times: on('month'),
      leadDays: 7,
      after: '2026-07-20T00:00Z',
      at: '2026-07-27T05:00:00Z',
      day: '2026-08-03',
      why: 'in the month before',
    },
    {
      times: on('month'),
      leadDays: 7,
      after: '2026-07-27T05:00Z',
      at: '2026-08-27T05:00:00Z',
      day: '2026-09-03',
      why: 'exactly at one comes the next',
    },
    {
      times: on('month'),
      leadDays: 3,
      after: '2028-02-20T00:00Z',
      at: '2028-02-29T06:00:00Z',
      day: '2028-03-03',
      why: 'over a leap day',
    },
    {
      times: on('month'),
      leadDays: 3,
      after: '2026-02-20T00:00Z',
      at: '2026-02-28T06:00:00Z',
      day: '2026-03-03',
      why: 'over a short month',
    },
    {
      times: on('month', 4),
      leadDays: 7,
      after: '2026-03-25T00:00Z',
      at: '2026-03-28T06:00:00Z',
      day: '2026-04-04',
      why: 'at 06:00 local, though the clock changes in between',
    },
    {
      times: on('month', 28),
      leadDays: 14,
      after: '2026-10-01T00:00Z',
      at: '2026-10-14T05:00:00Z',
      day: '2026-10-28',
      why: 'at 06:00 local, though the clock goes back in between',
    },
    {
      times: on('month'),
      leadDays: 40,
      after: '2026-07-20T00:00Z',
      at: '2026-07-25T05:00:00Z',
      day: '2026-09-03',
      why: 'longer than the period',
    },
    {
      times: on('month'),
      leadDays: 0,
      after: '2026-07-20T00:00Z',
      at: '2026-08-03T05:00:00Z',
      day: '2026-08-03',
      why: 'with the review',
    },
    {
      times: on('year'),
      leadDays: 14,
      after: '2026-02-01T00:00Z',
      at: '2026-12-20T06:00:00Z',
      day: '2027-01-03',
      why: 'in the year before',
    },
    {
      times: on('year'),
      leadDays: 400,
      after: '2026-02-01T00:00Z',
      at: '2026-11-29T06:00:00Z',
      day: '2028-01-03',
      why: 'longer than a year',
    },
  ])(
    '$leadDays days before every $times.every, after $after, is at $at: $why',
    ({ times, leadDays, after, at, day }) => {
      const next = warningsBefore(london, times, leadDays).after(instant(after));
      expect([formatInstant(next.at), formatDay(next.day)]).toEqual([at, day]);
    },
  );
});

test('a schedule answers alike, whatever it was asked before', () => {
  const instants = fc.integer({ min: instant('2025-01-01T00:00Z'), max: instant('2029-01-01T00:00Z') });
  const every = fc.constantFrom('month' as const, 'quarter' as const, 'half-year' as const, 'year' as const);
  fc.assert(
    fc.property(every, fc.nat(400), fc.array(instants, { minLength: 2 }), (period, leadDays, asked) => {
      const schedule = warningsBefore(london, on(period), leadDays);
      for (const ms of asked) {
        const { at } = schedule.after(ms);
        expect(at).toBe(warningsBefore(london, on(period), leadDays).after(ms).at);
        expect(occurrenceAt(schedule, at)?.at).toBe(at);
        expect(occurrenceAt(schedule, at + 1)).toBeUndefined();
      }
    }),
  );
});
