import { parseInstant } from '@alo/contracts';
import { activatePolicy, formatDay, parseMonth } from '@alo/domain';
import { describe, expect, test } from '@jest/globals';
import { rankedListOf } from './ranked-list.ts';

const asked = ({ window = 'previous-month', month = '2026-07', now = '2026-08-15T00:00:00+07:00', list = 'top' }) => {
  const activation = activatePolicy({
    id: 'p',
    version: 1,
    zone: 'Asia/Ho_Chi_Minh',
    currency: 'VND',
    tiers: { window: 'month-to-date', ladder: [{ name: 'base' }] },
    lists: { top: { ranked: { topPpm: 1, leavePpm: 2, window } }, official: {} },
  });
  if (!activation.ok) throw new Error(JSON.stringify(activation.problems));
  return () => rankedListOf(activation.policy, { list, month: parseMonth(month) }, parseInstant(now));
};

describe('a month can be ranked once it is complete', () => {
  test.each([
    { now: '2026-08-01T00:00:00+07:00', why: 'local midnight ends it' },
    { now: '2026-08-31T23:59:59+07:00', why: 'a month later' },
  ])('$now: $why', ({ now }) => {
    expect(asked({ now })()).toMatchObject({ at: parseInstant('2026-08-01T00:00:00+07:00'), topPpm: 1, leavePpm: 2 });
  });

  test('but not a second before', () => {
    expect(asked({ now: '2026-07-31T23:59:59+07:00' })).toThrow(
      '2026-07 is not complete yet: the store stands at 2026-07-31T16:59:59Z',
    );
  });
});

describe('the window is anchored at the end of the month', () => {
  test.each([
    { window: 'previous-month', anchor: '2026-08-01', why: 'complete months before the day after it' },
    { window: 'average-of-last-3-months', anchor: '2026-08-01', why: 'likewise' },
    { window: 'month-to-date', anchor: '2026-07-31', why: 'up to its last day' },
    { window: 'year-to-date', anchor: '2026-07-31', why: 'likewise' },
    { window: 'last-30-days', anchor: '2026-07-31', why: 'likewise' },
  ])('$window: $why', ({ window, anchor }) => {
    expect(formatDay(asked({ window })().anchor)).toBe(anchor);
  });
});

describe('a month is too long ago when not all of it is kept', () => {
  test.each([
    { window: 'last-30-days', now: '2026-10-09T12:00:00+07:00', isKept: true, why: 'its first day is 99 days ago' },
    { window: 'last-30-days', now: '2026-10-10T12:00:00+07:00', isKept: false, why: '100 days ago' },
    { window: 'previous-month', now: '2028-08-15T00:00:00+07:00', isKept: true, why: '25 months ago' },
    {
      window: 'previous-month',
      now: '2028-09-01T00:00:00+07:00',
      isKept: false,
      why: 'its listings would come too late',
    },
    {
      window: 'last-12-months',
      now: '2027-09-30T00:00:00+07:00',
      isKept: true,
      why: 'its first month is 25 months ago',
    },
    {
      window: 'last-12-months',
      now: '2027-10-01T00:00:00+07:00',
      isKept: false,
      why: '26 months ago',
    },
  ])('$window at $now: $why', ({ window, now, isKept }) => {
    const ask = asked({ window, now });
    if (isKept) expect(ask().anchor).toBeGreaterThan(0);
    else expect(ask).toThrow('2026-07 is too long ago');
  });
});

test.each([
  { list: 'official', says: 'list official of policy p is not ranked' },
  { list: 'few', says: 'policy p has no list few; its lists are top, official' },
  { list: 'toString', says: 'policy p has no list toString' },
])('$says', ({ list, says }) => {
  expect(asked({ list })).toThrow(says);
});
