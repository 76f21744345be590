/*
 * 7. Due before new: reviews and warnings without a clock
 *
 * Some things fall due without an event: a review, a warning before it, the end of a listing. alo has no clock for them.
 * `now` is the journal's own time, the latest at which any record of it was appended. When a record comes, first all that
 * has fallen due up to its now is decided, in order, each as of its own instant. Then the record. Due before new.
 *
 * So a journal that is read again says the same, whenever it is read, and one that stood still misses nothing.
 */
import { expect, test } from '@jest/globals';
import { adjusted, charged, opened, ticked } from '../../packages/domain/src/testing/events.ts';
import { tierAtRisk, tierDowngraded, tierUpgraded } from '../../packages/domain/src/testing/expectations.ts';
import { policy, review, tiers } from '../../packages/domain/src/testing/policies.ts';
import { at, scenario } from '../../packages/domain/src/testing/scenario.ts';

/* On the 3rd of each month at 06:00 the month before is reviewed, and 7 days earlier who is about to fail is warned. */
const reviewed = policy({ tiers: tiers({ review: review(), warn: ['P7D'] }) });

/* Who becomes a VIP in July and spends nothing in August fails the review of 3 September, and can be warned on 27 August. */
const vipInJuly = () => scenario(reviewed).given(at('2026-07-10T12:00+07:00', charged(1_000_000)));
const warned = tierAtRisk('vip', { reviewOn: '2026-09-03', missing: 800_000 }).at('2026-08-27T06:00+07:00');
const downgraded = tierDowngraded('base', { basis: 'review' }).at('2026-09-03T06:00+07:00');

test('what fell due since the last record is said with the next, each with its own instant', () => {
  vipInJuly()
    .when(at('2026-09-20T12:00+07:00', charged(1)))
    .then(warned, downgraded);
});

/* The subscriber's own events are not needed. Any record moves now, such as a tick, which says nothing but the time. */
test('a tick is enough', () => {
  vipInJuly()
    .when(at('2026-08-27T05:59:59+07:00', ticked()))
    .then()
    .when(at('2026-08-27T06:00:00+07:00', ticked()))
    .then(warned)
    .when(at('2026-09-03T06:00:00+07:00', charged(1).by('s-18')))
    .then(downgraded);
});

/* How often ticks come never shows: the outputs are the same, byte for byte. Only how soon they come differs. */
test('a tick every day says the same as one in the end', () => {
  const days = Array.from({ length: 60 }, (_, n) => at(new Date(Date.UTC(2026, 6, 15 + n)).toISOString(), ticked()));
  const rarely = vipInJuly();
  const often = vipInJuly();
  const last = days[59]!;
  expect(JSON.stringify(days.flatMap((day) => often.when(day).told))).toBe(JSON.stringify(rarely.when(last).told));
});

/* What is warned of can be helped: the missing amount, spent in August, passes the review. */
test('who spends what is missing keeps the tier', () => {
  vipInJuly()
    .given(at('2026-08-28T12:00+07:00', charged(800_000)))
    .when(at('2026-09-04T00:00+07:00', ticked()))
    .then();
});

/* Due comes before new also at the very same instant: a charge that arrives with the review comes too late for it. */
test('what arrives at the instant of the review comes after it', () => {
  const late = charged(800_000).occurred('2026-08-20T12:00+07:00');
  vipInJuly().given(at('2026-08-30T00:00+07:00', ticked())).when(at('2026-09-03T06:00+07:00', late)).then(downgraded);
});

/* At one instant, subscribers are decided in the order of the bytes of their names: s-17 before s-2. */
test('at one instant subscribers come in the order of their names', () => {
  scenario(reviewed)
    .given(at('2026-07-10T12:00+07:00', charged(1_000_000).by('s-2'), charged(1_000_000).by('s-17')))
    .when(at('2026-09-03T06:00+07:00', ticked()))
    .then(warned.to('s-17'), warned.to('s-2'), downgraded.to('s-17'), downgraded.to('s-2'));
});

/*
 * A dip within the month downgrades nobody: only a review does. And a review looks only at who reached the tier before its
 * window ended. The review of 3 August looks at July. Who became a VIP on 1 August was none in July, and is not asked.
 */
test('who reached the tier after the window ended is not reviewed', () => {
  scenario(reviewed)
    .given(at('2026-08-01T00:00+07:00', charged(1_000_000)))
    .when(at('2026-08-20T00:00+07:00', ticked()))
    .then();
});

/* `failures: 2` needs two failed reviews in a row, with no passed one between. A warning is given when the count is near. */
test('the second failure in a row downgrades', () => {
  scenario(policy({ tiers: tiers({ review: review({ failures: 2 }), warn: ['P7D'] }) }))
    .given(at('2026-07-10T12:00+07:00', charged(1_000_000)), adjusted(-900_000, '2026-07-10T12:00+07:00'))
    .when(at('2026-08-20T00:00+07:00', ticked()))
    .then()
    .when(at('2026-09-20T00:00+07:00', ticked()))
    .then(warned, downgraded);
});

/* By default a downgrade is one rank. `by-value` leads to the highest tier below whose `retainAt` is reached. */
test.each([
  { downgrade: 'one-step', to: 'gold', crossed: undefined },
  { downgrade: 'by-value', to: 'base', crossed: ['gold', 'vip'] },
])('a platinum subscriber who spends nothing goes to $to by $downgrade', ({ downgrade, to, crossed }) => {
  scenario(policy({ tiers: tiers({ review: review({ downgrade }) }) }))
    .given(at('2026-07-10T12:00+07:00', charged(5_000_000)))
    .when(at('2026-09-03T06:00+07:00', ticked()))
    .then(tierDowngraded(to, { from: 'platinum', ...(crossed && { crossed }) }));
});

/* Retention falls due in the same way: a word when someone who spent much spends much less. It takes no tier away. */
test('a month of half the usual spend is told once', () => {
  const retention = [
    {
      ...{ id: 'dropped', every: 'month', day: 3, at: '07:00', minTier: 'vip' },
      ...{ window: 'previous-month', belowPercent: 50, of: 'average-of-last-3-months' },
    },
  ];
  const months = { '2026-05': 2_000_000, '2026-06': 2_000_000, '2026-07': 2_000_000, '2026-08': 999_999 };
  const { told } = scenario(policy({ retention }))
    .given(opened({ tier: 'vip', months }))
    .when(at('2026-09-10T00:00+07:00', ticked()));
  expect(told).toMatchObject([
    {
      id: 'spend.dropped/s-17/dropped/2026-09',
      time: '2026-09-03T00:00:00Z',
      data: { retention: 'dropped', value: 999_999, average: 2_000_000 },
    },
  ]);
});

/*
 * The policy's zone decides what a time of day is. A time that a clock change skips is moved forward: there is no 02:30 on
 * 28 March 2027 in Paris. One that comes twice is the first.
 */
test('02:30 is moved to 03:30 where the clocks go forward at 02:00', () => {
  scenario(policy({ zone: 'Europe/Paris', tiers: tiers({ review: review({ at: '02:30', day: 28 }) }) }))
    .given(at('2027-01-31T12:00+01:00', charged(1_000_000)))
    .when(at('2027-03-28T03:29+02:00', ticked()))
    .then()
    .when(at('2027-03-28T03:30+02:00', ticked()))
    .then(tierDowngraded('base').at('2027-03-28T03:30+02:00'));
});

test('what is reached again is an upgrade again', () => {
  vipInJuly()
    .given(at('2026-09-10T00:00+07:00', ticked()))
    .when(charged(1_000_000))
    .then(tierUpgraded('vip', { from: 'base' }));
});
