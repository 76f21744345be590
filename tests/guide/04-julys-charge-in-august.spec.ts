/*
 * 4. Why July's charge that arrives in August counts in July
 *
 * Charges come late: a roaming partner sends its records when it likes. An event has two times. `occurredAt`, its own
 * `time`, says on which civil day the money was spent. `now` is the journal's time when the event arrived. Sums follow the
 * first. So what a subscriber spent in July does not depend on which system was slow.
 */
import { test } from '@jest/globals';
import { adjusted, charged, opened } from '../../packages/domain/src/testing/events.ts';
import { refused, tierUpgraded } from '../../packages/domain/src/testing/expectations.ts';
import { at, scenario } from '../../packages/domain/src/testing/scenario.ts';

/* The stories of this chapter happen on 10 August. */
const inJuly = (amount: number) => charged(amount).occurred('2026-07-31T20:00+07:00');

test('a charge of July changes July, and not August', () => {
  scenario().given(inJuly(999_999)).when(charged(1)).then();
});

/*
 * An upgrade looks at two windows: that of today, and that of the day which changed. A July that reaches the line on
 * 10 August is an upgrade on 10 August; `because` names July.
 */
test('a July that reaches the line in August upgrades in August', () => {
  scenario()
    .given(at('2026-07-31T12:00+07:00', charged(900_000)))
    .when(at('2026-08-10T09:00+07:00', inJuly(100_000)))
    .then(
      tierUpgraded('vip')
        .at('2026-08-10T09:00+07:00')
        .because({ window: { window: 'month-to-date', from: '2026-07-01', to: '2026-08-01', value: 1_000_000 } }),
    );
});

/*
 * On the changed day only the change counts: it must have raised the window from below the line. Otherwise a single đồng
 * that is added to a rich month long past would make a VIP of someone who spends nothing today.
 */
test('a đồng on a month that was rich already upgrades nobody', () => {
  scenario()
    .given(opened({ months: { '2026-07': 5_000_000 } }))
    .when(inJuly(1))
    .then();
});

/*
 * There is an end to patience. A charge that is more than `lateness` before now is refused as LATE: P35D unless the policy
 * says otherwise. A day in a duration has 24 hours, so P35D is 35 × 24 hours to the millisecond.
 */
test('35 days are not late, a millisecond more is', () => {
  scenario().when(charged(1_000_000).occurred('2026-07-06T09:00:00+07:00')).then(tierUpgraded('vip'));
  scenario().when(charged(1_000_000).occurred('2026-07-06T08:59:59.999+07:00')).then(refused('LATE'));
});

/*
 * An adjustment corrects what was charged. It lands in the day of its `appliesTo`, may be negative, and reaches back up to
 * 24 civil months. What it takes away takes nothing back that was said: a tier is lost only at a review (chapter 7).
 */
test('an adjustment lands in the day that it applies to, and retracts nothing', () => {
  scenario()
    .given(at('2026-07-31T12:00+07:00', charged(1_000_000)))
    .when(at('2026-08-10T09:00+07:00', adjusted(-900_000, '2026-07-31T12:00+07:00')))
    .then();
});

/* One that reaches back further than `lateness` changes the sums, and is judged by today's window alone. */
test('an adjustment of a month long past makes no VIP of today', () => {
  scenario().when(adjusted(1_000_000, '2026-05-15T12:00+07:00')).then();
  scenario().when(adjusted(1_000_000, '2026-07-15T12:00+07:00')).then(tierUpgraded('vip'));
});
