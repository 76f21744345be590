import { describe, expect, test } from '@jest/globals';
import { activated, adjusted, charged, listed, opened, ticked } from '../testing/events.ts';
import { tierDowngraded, tierUpgraded } from '../testing/expectations.ts';
import { policy, review, tiers } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

const reviewing = (parts: Readonly<Record<string, unknown>> = {}) =>
  policy({ tiers: tiers({ review: review(parts) }) });
const inJuly = (amount: number) => at('2026-07-10T12:00+07:00', charged(amount));
const shrunk = (amount: number) => adjusted(-amount, '2026-07-10T12:00+07:00');
const reviewOf3August = at('2026-08-03T06:00+07:00', ticked());

describe('a tier is kept at its retainAt', () => {
  test.each([
    { left: 800_001, told: [], why: 'one above' },
    { left: 800_000, told: [], why: 'exactly' },
    { left: 799_999, told: [tierDowngraded('base', { from: 'vip', basis: 'review' })], why: 'one below' },
    { left: 0, told: [tierDowngraded('base')], why: 'nothing is left' },
    {
      left: -5,
      told: [tierDowngraded('base').because({ window: { value: 0 } })],
      why: 'less than nothing counts as 0',
    },
  ])('with $left: $why', ({ left, told }) => {
    scenario(reviewing())
      .given(inJuly(1_000_000), shrunk(1_000_000 - left))
      .when(reviewOf3August)
      .then(...told);
  });
});

test('a downgrade says which review it was, what it compared with what, and nothing else', () => {
  const story = scenario(reviewing()).given(inJuly(1_000_000), shrunk(300_000));
  expect(story.when(at('2026-08-05T00:00+07:00', ticked())).told[0]).toMatchObject({
    id: 'tier.downgraded/s-17/base/review/2026-08-03',
    time: '2026-08-02T23:00:00Z',
    data: {
      because: {
        rule: 'tiers',
        window: { window: 'previous-month', from: '2026-07-01', to: '2026-08-01', value: 700_000 },
        threshold: 800_000,
        cause: { due: 'review', at: '2026-08-02T23:00:00Z' },
      },
    },
  });
});

test('a review whose time is skipped into the next day keeps its date', () => {
  const nuuk = { zone: 'America/Nuuk', currency: 'DKK', tiers: tiers({ review: review({ day: 28, at: '23:30' }) }) };
  const inKroner = { currency: 'DKK' };
  scenario(policy(nuuk))
    .given(at('2026-02-10T12:00Z', charged(1_000_000, inKroner), adjusted(-1_000_000, '2026-02-10T12:00Z', inKroner)))
    .when(at('2026-03-29T01:30Z', ticked()))
    .then(tierDowngraded('base').at('2026-03-29T01:30Z').withId('tier.downgraded/s-17/base/review/2026-03-28'));
});

describe('what is lost', () => {
  test.each([
    { downgrade: 'one-step', left: 0, told: tierDowngraded('gold'), why: 'one rank, however little is left' },
    { downgrade: 'by-value', left: 2_500_000, told: tierDowngraded('gold'), why: 'gold is exactly retained' },
    {
      downgrade: 'by-value',
      left: 2_499_999,
      told: tierDowngraded('vip', { from: 'platinum', crossed: ['gold'] }),
      why: 'gold is not, by one',
    },
    { downgrade: 'by-value', left: 800_000, told: tierDowngraded('vip'), why: 'vip is exactly retained' },
    {
      downgrade: 'by-value',
      left: 799_999,
      told: tierDowngraded('base', { crossed: ['gold', 'vip'] }),
      why: 'nothing is: the base needs nothing',
    },
  ])('$downgrade with $left: $why', ({ downgrade, left, told }) => {
    scenario(reviewing({ downgrade }))
      .given(inJuly(5_000_000), shrunk(5_000_000 - left))
      .when(reviewOf3August)
      .then(told.because({ threshold: 4_000_000 }));
  });

  test('one step at a time comes down at each review', () => {
    scenario(reviewing())
      .given(inJuly(5_000_000), shrunk(5_000_000))
      .when(at('2026-12-01T00:00+07:00', ticked()))
      .then(
        tierDowngraded('gold').at('2026-08-03T06:00+07:00'),
        tierDowngraded('vip').at('2026-09-03T06:00+07:00'),
        tierDowngraded('base').at('2026-10-03T06:00+07:00'),
      );
  });
});

describe('who is reviewed', () => {
  test.each([
    { since: '2026-07-31T23:59:59.999+07:00', told: [tierDowngraded('base')], why: 'reached in the window' },
    { since: '2026-08-01T00:00+07:00', told: [], why: 'reached when the window had ended' },
    { since: '2026-08-03T05:59+07:00', told: [], why: 'reached just before the review' },
  ])('a tier $why', ({ since, told }) => {
    scenario(reviewing())
      .given(at(since, charged(1_000_000), adjusted(-1_000_000, since)))
      .when(reviewOf3August)
      .then(...told);
  });

  test.each([
    { since: '2026-08-03T05:59:59.999+07:00', told: [tierDowngraded('base')], why: 'a millisecond before the review' },
    { since: '2026-08-03T06:00+07:00', told: [], why: 'at the instant of the review, which comes first' },
  ])('of a window that is still open: a tier reached $why', ({ since, told }) => {
    scenario(reviewing({ window: 'last-1-days' }))
      .given(at(since, charged(1_000_000), adjusted(-1_000_000, since)))
      .when(at('2026-08-04T06:00+07:00', ticked()))
      .then(...told);
  });

  test('a tier whose threshold was reached once more after the window had ended', () => {
    scenario(reviewing())
      .given(inJuly(1_000_000), shrunk(1_000_000), at('2026-08-02T12:00+07:00', charged(1_000_000)))
      .when(reviewOf3August)
      .then(tierDowngraded('base'));
  });

  test('nobody at the base, though a list lifts them', () => {
    scenario({ ...reviewing(), lists: { official: { floor: 'vip' } } })
      .given(at('2026-07-10T12:00+07:00', listed('official')))
      .when(at('2026-12-01T00:00+07:00', ticked()))
      .then();
  });

  test('a tier that the opening balances brought', () => {
    scenario(reviewing())
      .given(at('2026-07-10T12:00+07:00', opened({ tier: 'gold', months: { '2026-07': 2_499_999 } })))
      .when(reviewOf3August)
      .then(tierDowngraded('vip', { from: 'gold' }));
  });
});

describe('failures in a row', () => {
  const poor = (month: string) => at(`2026-${month}-15T12:00+07:00`, charged(1));
  const rich = (month: string) => at(`2026-${month}-15T12:00+07:00`, charged(800_000));

  test.each([
    { failures: 1, months: [poor('08')], on: '2026-09-03', why: 'the first is enough' },
    { failures: 2, months: [poor('08'), poor('09')], on: '2026-10-03', why: 'the second' },
    { failures: 3, months: [poor('08'), poor('09'), poor('10')], on: '2026-11-03', why: 'the third' },
    { failures: 2, months: [poor('08'), rich('09'), poor('10'), poor('11')], on: '2026-12-03', why: 'a pass forgives' },
  ])('$failures of them downgrade on $on: $why', ({ failures, months, on }) => {
    scenario(reviewing({ failures }))
      .given(inJuly(1_000_000))
      .when(...months, at(`${on}T05:59:59.999+07:00`, ticked()))
      .then()
      .when(at(`${on}T06:00+07:00`, ticked()))
      .then(tierDowngraded('base'));
  });

  test('begin anew when the tier changes upwards', () => {
    scenario(reviewing({ failures: 2 }))
      .given(inJuly(1_000_000), poor('08'), at('2026-09-10T12:00+07:00', charged(3_000_000)))
      .given(adjusted(-3_000_000, '2026-09-10T12:00+07:00'))
      .when(at('2026-10-04T00:00+07:00', ticked()))
      .then()
      .when(at('2026-11-04T00:00+07:00', ticked()))
      .then(tierDowngraded('vip', { from: 'gold' }).at('2026-11-03T06:00+07:00'));
  });

  test('begin anew after a downgrade', () => {
    scenario(reviewing({ failures: 2 }))
      .given(inJuly(3_000_000))
      .when(at('2026-12-01T00:00+07:00', ticked()))
      .then(tierDowngraded('vip').at('2026-10-03T06:00+07:00'));
  });
});

describe('every period has its review', () => {
  test.each([
    { every: 'month', on: '2026-03-03', why: 'the next month' },
    { every: 'quarter', on: '2026-04-03', why: 'the next quarter' },
    { every: 'half-year', on: '2026-07-03', why: 'the next half-year' },
    { every: 'year', on: '2027-01-03', why: 'the next year' },
  ])('$every: $why', ({ every, on }) => {
    scenario(reviewing({ every }))
      .given(at('2026-02-10T12:00+07:00', charged(1_000_000), adjusted(-1_000_000, '2026-02-10T12:00+07:00')))
      .when(at('2027-06-01T00:00+07:00', ticked()))
      .then(tierDowngraded('base').at(`${on}T06:00+07:00`).withId(`tier.downgraded/s-17/base/review/${on}`));
  });
});

test('a charge at the instant of the review comes after it', () => {
  scenario(reviewing())
    .given(inJuly(1_000_000), shrunk(1_000_000))
    .when(at('2026-08-03T06:00+07:00', charged(1_000_000).occurred('2026-07-31T12:00+07:00')))
    .then(tierDowngraded('base'), tierUpgraded('vip'));
});

test('a review that passes does not answer for a floor that an activation took away: the list does', () => {
  const withFloor = (floor: string, version: number) => ({
    ...policy({ version, tiers: tiers({ review: review() }), lists: { official: { floor } } }),
  });
  scenario(withFloor('gold', 1))
    .given(inJuly(1_000_000), listed('official'), activated(withFloor('vip', 2)))
    .when(reviewOf3August)
    .then(tierDowngraded('vip', { from: 'gold', basis: 'list' }).because({ rule: 'lists' }));
});
