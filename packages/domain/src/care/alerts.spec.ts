import { describe, expect, test } from '@jest/globals';
import { activated, adjusted, charged, opened } from '../testing/events.ts';
import { thresholdReached } from '../testing/expectations.ts';
import { policy, tiers } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

const ladder = [{ name: 'base' }, { name: 'vip', upgradeAt: 900_000_000, retainAt: 0 }];
const alerting = (window: string, ...thresholds: readonly number[]) =>
  policy({ tiers: tiers({ ladder }), alerts: [{ id: 'budget', window, at: thresholds }] });

describe('a threshold is reached', () => {
  test.each([
    { before: 1, more: 498, told: [], why: 'one below' },
    { before: 1, more: 499, told: [thresholdReached(500, { value: 500 })], why: 'exactly' },
    { before: 1, more: 500, told: [thresholdReached(500, { value: 501 })], why: 'one above' },
    { before: 499, more: 1, told: [thresholdReached(500)], why: 'from one below' },
    { before: 500, more: 1, told: [], why: 'it was reached before' },
    { before: 1, more: 999, told: [thresholdReached(500), thresholdReached(1000)], why: 'two at once' },
    { before: 500, more: 500, told: [thresholdReached(1000, { value: 1000 })], why: 'only the second' },
  ])('by $more after $before: $why', ({ before, more, told }) => {
    scenario(alerting('month-to-date', 500, 1000))
      .given(charged(before))
      .when(charged(more))
      .then(...told);
  });
});

test('an alert says what reached what in which period, and nothing else', () => {
  const [alert] = scenario(alerting('month-to-date', 500)).when(charged(600).named('c-1')).told;
  expect(alert?.id).toBe('spend.threshold-reached/s-17/budget/500/2026-08');
  expect(alert?.data).toEqual({
    alert: 'budget',
    period: '2026-08',
    threshold: 500,
    value: 600,
    because: {
      rule: 'alerts',
      policy: expect.anything(),
      window: { window: 'month-to-date', from: '2026-08-01', to: '2026-09-01', value: 600 },
      threshold: 500,
      cause: { source: '/billing', id: 'c-1', type: 'alo.usage.charged.v1', time: '2026-08-10T02:00:00Z' },
    },
  });
});

describe('on a calendar window a threshold fires once a period', () => {
  test.each([
    { window: 'month-to-date', next: '2026-08-31T23:59:59.999+07:00', told: [], why: 'the last of the month' },
    {
      window: 'month-to-date',
      next: '2026-09-01T00:00+07:00',
      told: [thresholdReached(500, { period: '2026-09' })],
      why: 'local midnight starts a month',
    },
    { window: 'year-to-date', next: '2026-12-31T23:59:59.999+07:00', told: [], why: 'the last of the year' },
    {
      window: 'year-to-date',
      next: '2027-01-01T00:00+07:00',
      told: [thresholdReached(500, { period: '2027' })],
      why: 'local midnight starts a year',
    },
    { window: '2-months-to-date', next: '2026-08-31T23:59:59.999+07:00', told: [], why: 'the last of the month' },
    {
      window: '2-months-to-date',
      next: '2026-09-01T00:00+07:00',
      told: [thresholdReached(500, { period: '2026-09' })],
      why: 'its period is the month too',
    },
  ])('of $window, again at $next: $why', ({ window, next, told }) => {
    scenario(alerting(window, 500))
      .given(charged(500), adjusted(-500, '2026-08-10T08:00+07:00'))
      .when(at(next, charged(500)))
      .then(...told);
  });

  test('whatever charges and adjustments go up and down in it', () => {
    scenario(alerting('month-to-date', 500, 800))
      .when(charged(600), adjusted(-600, '2026-08-10T08:00+07:00'), charged(500), charged(400), charged(400))
      .then(thresholdReached(500, { value: 600 }), thresholdReached(800, { value: 900 }));
  });

  test('though an activation comes in between', () => {
    scenario(alerting('month-to-date', 500))
      .given(charged(500), adjusted(-500, '2026-08-10T08:00+07:00'))
      .when(activated({ ...alerting('month-to-date', 500, 800), version: 2 }), charged(900))
      .then(thresholdReached(800));
  });

  test('of a window that ended before this month, when a late charge reaches it', () => {
    scenario(alerting('previous-month', 500))
      .given(at('2026-07-31T12:00+07:00', charged(499)))
      .when(at('2026-08-10T09:00+07:00', charged(1).occurred('2026-07-31T13:00+07:00'), charged(1)))
      .then(thresholdReached(500, { period: '2026-08', value: 500 }));
  });
});

describe('on a rolling window a threshold fires whenever it is reached from below', () => {
  test('each with its cause, and without a period', () => {
    const told = scenario(alerting('last-30-days', 500))
      .given(charged(499))
      .when(charged(1).named('c/1'), adjusted(-1, '2026-08-10T08:00+07:00'), charged(1).named('c/2')).told;
    expect(told.map(({ id }) => id)).toEqual([
      'spend.threshold-reached/s-17/budget/500/%2Fbilling/c%2F1',
      'spend.threshold-reached/s-17/budget/500/%2Fbilling/c%2F2',
    ]);
    expect(told.map(({ data }) => Object.keys(data as object))).toEqual([
      ['alert', 'threshold', 'value', 'because'],
      ['alert', 'threshold', 'value', 'because'],
    ]);
  });

  test.each([
    { next: '2026-09-08T23:59:59.999+07:00', told: [], why: 'the first charge is still in the window' },
    { next: '2026-09-09T00:00+07:00', told: [thresholdReached(500, { value: 500 })], why: 'it has left the window' },
  ])('at $next: $why', ({ next, told }) => {
    scenario(alerting('last-30-days', 500))
      .given(charged(500))
      .when(at(next, charged(500)))
      .then(...told);
  });
});

describe('an event that comes late counts where the window of today holds its day', () => {
  test.each([
    { window: 'month-to-date', occurred: '2026-08-01T00:00+07:00', told: [thresholdReached(500)], why: 'this month' },
    { window: 'month-to-date', occurred: '2026-07-31T23:59:59.999+07:00', told: [], why: 'the month before' },
    { window: 'year-to-date', occurred: '2026-07-31T23:59+07:00', told: [thresholdReached(500)], why: 'this year' },
    { window: 'last-2-days', occurred: '2026-08-09T00:00+07:00', told: [thresholdReached(500)], why: 'yesterday' },
    { window: 'last-2-days', occurred: '2026-08-08T23:59:59.999+07:00', told: [], why: 'the day before yesterday' },
  ])('$window, of $occurred: $why', ({ window, occurred, told }) => {
    scenario(alerting(window, 500))
      .given(charged(499))
      .when(charged(1).occurred(occurred))
      .then(...told);
  });
});

describe('an adjustment', () => {
  test('upwards fires like a charge', () => {
    scenario(alerting('month-to-date', 500))
      .given(charged(499))
      .when(adjusted(1, '2026-08-10T08:00+07:00'))
      .then(thresholdReached(500));
  });

  test('from below nothing up to nothing reaches nothing', () => {
    scenario(alerting('month-to-date', 1))
      .given(adjusted(-500, '2026-08-10T08:00+07:00'))
      .when(charged(500), charged(1))
      .then(thresholdReached(1, { value: 1 }));
  });
});

test('opening balances fire nothing, and what they hold counts', () => {
  scenario(alerting('year-to-date', 500, 800))
    .when(opened({ months: { '2026-03': 600 } }), charged(100), charged(100))
    .then(thresholdReached(800, { value: 800 }));
});

test('alerts come in the order of the policy, their thresholds too', () => {
  const alerts = [
    { id: 'week', window: 'last-7-days', at: [50] },
    { id: 'month', window: 'month-to-date', at: [10, 20] },
  ];
  scenario(policy({ alerts }))
    .when(charged(60))
    .then(
      thresholdReached(50, { alert: 'week' }),
      thresholdReached(10, { alert: 'month' }),
      thresholdReached(20, { alert: 'month' }),
    );
});
