/*
 * 9. Alerts
 *
 * An alert says that spend has reached a threshold: for a subscriber who wants to keep a budget, or for someone who watches
 * over those who are about to become VIPs. It looks at its window anchored on today: below the threshold without this
 * event, at or above it with it.
 */
import { expect, test } from '@jest/globals';
import { adjusted, charged, opened } from '../../packages/domain/src/testing/events.ts';
import { thresholdReached } from '../../packages/domain/src/testing/expectations.ts';
import { policy } from '../../packages/domain/src/testing/policies.ts';
import { at, scenario } from '../../packages/domain/src/testing/scenario.ts';

const budget = policy({ alerts: [{ id: 'budget', window: 'month-to-date', at: [500_000, 800_000] }] });

test('a threshold that is reached is told, with what was spent', () => {
  scenario(budget)
    .given(charged(499_999))
    .when(charged(2))
    .then(thresholdReached(500_000, { alert: 'budget', period: '2026-08', value: 500_001 }));
});

test('one charge may reach several thresholds, and each is told', () => {
  scenario(budget)
    .when(charged(900_000))
    .then(thresholdReached(500_000, { value: 900_000 }), thresholdReached(800_000, { value: 900_000 }));
});

/* On a calendar window a threshold is told once in its period: the year for year-to-date, else the month of today. */
test('who falls below and comes back is not told again in that month', () => {
  scenario(budget)
    .given(charged(500_000), adjusted(-1, '2026-08-10T09:00+07:00'))
    .when(charged(1))
    .then()
    .when(at('2026-09-01T00:00+07:00', charged(500_000)))
    .then(thresholdReached(500_000, { period: '2026-09' }));
});

/* A rolling window has no period: it may be told as often as the line is crossed from below. */
test('on a rolling window it is told at every crossing, with the cause in its id', () => {
  const rolling = policy({ alerts: [{ id: 'week', window: 'last-7-days', at: [500_000] }] });
  const { told } = scenario(rolling)
    .given(charged(500_000), adjusted(-1, '2026-08-10T09:00+07:00'))
    .when(charged(1).named('cdr-9'));
  expect(told.map(({ id }) => id)).toEqual(['spend.threshold-reached/s-17/week/500000/%2Fbilling/cdr-9']);
});

/* Today's window is the one that counts. A late charge of July changes July, and so no alert of August. */
test('a late charge of last month reaches no threshold of this month', () => {
  scenario(budget).when(charged(900_000).occurred('2026-07-31T12:00+07:00')).then();
});

/* Opening balances are no event that spends: nothing comes out of them but standing. */
test('opening balances reach no threshold, and count from then on', () => {
  scenario(budget)
    .when(opened({ days: { '2026-08-09': 700_000 } }))
    .then()
    .when(charged(100_000))
    .then(thresholdReached(800_000));
});
