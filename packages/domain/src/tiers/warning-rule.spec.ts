import { describe, expect, test } from '@jest/globals';
import { activated, adjusted, charged, delisted, listed, ticked } from '../testing/events.ts';
import { tierAtRisk, tierDowngraded } from '../testing/expectations.ts';
import { policy, review, tiers } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

const warning = (leads: readonly string[], parts: object = {}, others: object = {}) =>
  policy({
    tiers: tiers({ review: review(parts), warn: leads }),
    lists: { official: { floor: 'vip' }, board: { floor: 'gold' }, guests: {} },
    ...others,
  });
const inJuly = (amount: number) => at('2026-07-10T12:00+07:00', charged(amount));
const on27August = at('2026-08-27T06:00+07:00', ticked());

describe('the review that would downgrade is warned of', () => {
  test.each([
    { august: 0, told: [tierAtRisk('vip', { reviewOn: '2026-09-03', missing: 800_000 })], why: 'all is missing' },
    { august: 799_999, told: [tierAtRisk('vip', { missing: 1 })], why: 'one is missing' },
    { august: 800_000, told: [], why: 'nothing is missing' },
  ])('with $august by then: $why', ({ august, told }) => {
    scenario(warning(['P7D']))
      .given(inJuly(1_000_000), at('2026-08-12T12:00+07:00', ...(august > 0 ? [charged(august)] : [])))
      .when(on27August)
      .then(...told);
  });

  test('with the charges known so far: what comes later saves the tier', () => {
    scenario(warning(['P7D']))
      .given(inJuly(1_000_000))
      .when(on27August, charged(800_000), at('2026-09-04T00:00+07:00', ticked()))
      .then(tierAtRisk('vip'));
  });
});

test('a warning says which review, how much is missing and why, and nothing else', () => {
  const told = scenario(warning(['P7D']))
    .given(inJuly(1_000_000))
    .when(on27August).told;
  expect(told[0]).toMatchObject({ id: 'tier.at-risk/s-17/2026-09-03/P7D', time: '2026-08-26T23:00:00Z' });
  expect(told[0]?.data).toEqual({
    tier: 'vip',
    reviewOn: '2026-09-03',
    missing: 800_000,
    because: {
      rule: 'tiers',
      policy: expect.anything(),
      window: { window: 'previous-month', from: '2026-08-01', to: '2026-09-01', value: 0 },
      threshold: 800_000,
      cause: { due: 'warning', at: '2026-08-26T23:00:00Z' },
    },
  });
});

describe('once per review and warning', () => {
  test('each lead of one review, and each review', () => {
    scenario(warning(['P14D', 'P2D'], { failures: 2 }))
      .given(inJuly(1_000_000))
      .when(at('2026-11-10T00:00+07:00', ticked()))
      .then(
        tierAtRisk('vip', { reviewOn: '2026-10-03' }).at('2026-09-19T06:00+07:00'),
        tierAtRisk('vip', { reviewOn: '2026-10-03' }).at('2026-10-01T06:00+07:00'),
        tierDowngraded('base').at('2026-10-03T06:00+07:00'),
      );
  });

  test('none of the review that has just taken the tier, at its own instant', () => {
    scenario(warning(['P0D'], { window: 'last-30-days' }))
      .given(inJuly(3_000_000))
      .when(at('2026-09-03T06:00+07:00', ticked()))
      .then(tierDowngraded('vip'));
  });

  test('though an activation moves the review to a later time of the day', () => {
    scenario(warning(['P7D']))
      .given(inJuly(1_000_000), on27August)
      .when(activated(warning(['P7D'], { at: '09:00' }, { version: 2 })), at('2026-08-28T00:00+07:00', ticked()))
      .then();
  });
});

describe('the lead is of civil days, at the time of day of the review', () => {
  const london = { zone: 'Europe/London', currency: 'GBP' };
  const inPounds = { currency: 'GBP' };
  test.each([
    { day: 4, lead: 'P7D', since: '2026-02-10', at: '2026-02-25T06:00Z', why: 'over the end of a short month' },
    { day: 4, lead: 'P7D', since: '2026-03-01', at: '2026-03-28T06:00Z', why: 'the clock goes forward in between' },
    { day: 28, lead: 'P14D', since: '2026-09-01', at: '2026-10-14T05:00Z', why: 'the clock goes back in between' },
    { day: 3, lead: 'P1W', since: '2028-02-01', at: '2028-02-25T06:00Z', why: 'a week, over a leap day' },
    { day: 3, lead: 'P40D', since: '2026-04-15', at: '2026-04-24T05:00Z', why: 'longer than the period' },
  ])('$lead before day $day is $at: $why', ({ day, lead, since, at: instant }) => {
    const gone = adjusted(-1_000_000, `${since}T12:00Z`, inPounds);
    scenario(warning([lead], { day }, london))
      .given(at(`${since}T12:00Z`, charged(1_000_000, inPounds), gone))
      .when(at(instant, ticked()))
      .then(tierAtRisk('vip').at(instant));
  });
});

describe('nobody is warned', () => {
  test.each([
    { list: 'official', told: [], why: 'whom a floor at the tier holds' },
    { list: 'board', told: [], why: 'whom a floor above the tier holds' },
    { list: 'guests', told: [tierAtRisk('vip')], why: 'but whom a list without a floor does not' },
  ])('$why', ({ list, told }) => {
    scenario(warning(['P7D']))
      .given(inJuly(1_000_000), listed(list))
      .when(on27August)
      .then(...told);
  });

  test.each([
    { to: '2026-08-27T06:00+07:00', told: [tierAtRisk('vip')], why: 'that ended at this instant' },
    { to: '2026-08-27T06:00:00.001+07:00', told: [], why: 'that is valid for a millisecond more' },
  ])('whom a floor holds, $why', ({ to, told }) => {
    scenario(warning(['P7D']))
      .given(inJuly(1_000_000), listed('official', '2026-01-01T00:00+07:00', to))
      .when(on27August)
      .then(...told);
  });

  test('whose floor is below the computed tier is warned', () => {
    scenario(warning(['P7D']))
      .given(inJuly(3_000_000), listed('official'))
      .when(on27August)
      .then(tierAtRisk('gold'));
  });

  test('whose floor was delisted is warned', () => {
    scenario(warning(['P7D']))
      .given(inJuly(1_000_000), listed('official'), delisted('official'))
      .when(on27August)
      .then(tierAtRisk('vip'));
  });

  test('whose first failure of two it would be, but then who has failed once is', () => {
    scenario(warning(['P7D'], { failures: 2 }))
      .given(inJuly(1_000_000))
      .when(on27August)
      .then()
      .when(at('2026-09-26T06:00+07:00', ticked()))
      .then(tierAtRisk('vip', { reviewOn: '2026-10-03' }));
  });

  test('at the base, or whom the review would not look at', () => {
    scenario(warning(['P1D']))
      .given(at('2026-08-01T12:00+07:00', charged(1_000_000), charged(999_999).by('s-2')))
      .when(at('2026-08-02T06:00+07:00', ticked()))
      .then();
  });
});
