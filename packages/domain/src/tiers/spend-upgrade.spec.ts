import { describe, expect, test } from '@jest/globals';
import { policyHash } from '../active-policy.ts';
import { adjusted, charged, ticked } from '../testing/events.ts';
import { tierUpgraded } from '../testing/expectations.ts';
import { policy, tiers } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

describe('a tier is reached at its threshold', () => {
  test.each([
    { spent: 999_999, told: [], why: 'one below the first' },
    { spent: 1_000_000, told: [tierUpgraded('vip', { from: 'base', basis: 'spend' })], why: 'exactly the first' },
    { spent: 1_000_001, told: [tierUpgraded('vip')], why: 'one above the first' },
    { spent: 2_999_999, told: [tierUpgraded('vip')], why: 'one below the second' },
    { spent: 3_000_000, told: [tierUpgraded('gold', { crossed: ['vip'] })], why: 'exactly the second jumps over one' },
    { spent: 5_000_000, told: [tierUpgraded('platinum', { crossed: ['vip', 'gold'] })], why: 'the last, over two' },
  ])('$spent: $why', ({ spent, told }) => {
    scenario()
      .when(charged(spent))
      .then(...told);
  });

  test.each([
    { before: 1_000_000, more: 1_999_999, told: [], why: 'one below the next' },
    { before: 1_000_000, more: 2_000_000, told: [tierUpgraded('gold', { from: 'vip' })], why: 'exactly the next' },
    { before: 3_000_000, more: 1, told: [], why: 'above the tier that is held, and below the next' },
    { before: 5_000_000, more: 5_000_000, told: [], why: 'nothing is above the highest' },
  ])('$before and then $more: $why', ({ before, more, told }) => {
    scenario()
      .given(charged(before))
      .when(charged(more))
      .then(...told);
  });
});

test('an upgrade says what it compared with what, and nothing else', () => {
  const cause = { source: '/billing', id: 'c-1', type: 'alo.usage.charged.v1', time: '2026-08-10T02:00:00Z' };
  const window = { window: 'month-to-date', from: '2026-08-01', to: '2026-09-01', value: 1_000_000 };
  const name = { id: 'example', version: 1, hash: policyHash(policy()) };
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  expect(scenario().when(charged(1_000_000).named('c-1').but({ traceparent })).told[0]).toEqual({
    name: 'tier.upgraded',
    subscriber: 's-17',
    specversion: '1.0',
    id: 'tier.upgraded/s-17/vip/%2Fbilling/c-1',
    source: '/alo/example',
    type: 'alo.tier.upgraded.v1',
    subject: 's-17',
    time: '2026-08-10T02:00:00Z',
    datacontenttype: 'application/json',
    traceparent,
    data: {
      from: 'base',
      to: 'vip',
      basis: 'spend',
      because: { rule: 'tiers', policy: name, window, threshold: 1_000_000, cause },
    },
  });
});

describe('the month ends at local midnight', () => {
  test.each([
    { time: '2026-07-31T23:59:59.999+07:00', told: [tierUpgraded('vip')], why: 'the last of the month counts to it' },
    { time: '2026-08-01T00:00+07:00', told: [], why: 'local midnight starts a month' },
  ])('$time: $why', ({ time, told }) => {
    scenario()
      .given(at('2026-07-01T00:00+07:00', charged(999_999)))
      .when(at(time, charged(1)))
      .then(...told);
  });
});

describe('a window that begins in mid-month', () => {
  const of = (window: string) => policy({ tiers: tiers({ window }) });
  test.each([
    { window: 'last-30-days', given: '2026-07-12T00:00+07:00', told: [tierUpgraded('vip')], why: '29 days before' },
    { window: 'last-30-days', given: '2026-07-11T23:59+07:00', told: [], why: '30 days before' },
    {
      window: 'year-to-date',
      given: '2026-01-01T00:00+07:00',
      told: [tierUpgraded('vip')],
      why: 'the first of the year',
    },
    { window: 'year-to-date', given: '2025-12-31T23:59+07:00', told: [], why: 'the last of the year before' },
    {
      window: '12-months-to-date',
      given: '2025-09-01T00:00+07:00',
      told: [tierUpgraded('vip')],
      why: '11 months before',
    },
    { window: '12-months-to-date', given: '2025-08-31T23:59+07:00', told: [], why: '12 months before' },
  ])('$window holds what came at $given: $why', ({ window, given, told }) => {
    scenario(of(window))
      .given(at(given, charged(999_999)))
      .when(at('2026-08-10T09:00+07:00', charged(1)))
      .then(...told);
  });
});

describe('a charge that comes late', () => {
  test.each([
    { july: 999_999, late: 1, told: [tierUpgraded('vip')], why: 'it raises July from below' },
    { july: 999_998, late: 1, told: [], why: 'July is still below' },
    { july: 2_500_000, late: 500_000, told: [tierUpgraded('gold')], why: 'it raises July to the next tier' },
    { july: 1_000_000, late: 1, told: [], why: 'July was there before' },
  ])('to a July of $july: $why', ({ july, late, told }) => {
    scenario()
      .given(at('2026-07-20T12:00+07:00', charged(july)))
      .when(at('2026-08-10T09:00+07:00', charged(late).occurred('2026-07-31T23:00+07:00')))
      .then(...told);
  });

  test('to a rich month of a tier that was lost since does not give it back', () => {
    const review = { every: 'month', day: 3, at: '06:00', window: 'last-2-days' };
    scenario(policy({ tiers: tiers({ review }) }))
      .given(at('2026-07-20T12:00+07:00', charged(1_000_000)), at('2026-08-03T06:00+07:00', ticked()))
      .when(at('2026-08-10T09:00+07:00', charged(1).occurred('2026-07-20T13:00+07:00')))
      .then();
  });

  test('decides on today where both days reach the same tier', () => {
    scenario(policy({ tiers: tiers({ window: 'last-30-days' }) }))
      .given(at('2026-07-31T12:00+07:00', charged(999_999)))
      .when(at('2026-08-10T09:00+07:00', charged(1).occurred('2026-07-31T23:00+07:00')))
      .then(tierUpgraded('vip').because({ window: { from: '2026-07-12', to: '2026-08-11', value: 1_000_000 } }));
  });

  test('decides on the changed day where that reaches a higher tier', () => {
    scenario()
      .given(at('2026-07-31T12:00+07:00', charged(2_999_999)))
      .when(at('2026-08-10T09:00+07:00', charged(1).occurred('2026-07-31T23:00+07:00')))
      .then(tierUpgraded('gold', { from: 'vip' }).because({ window: { from: '2026-07-01', to: '2026-08-01' } }));
  });
});

test('the longest window still holds its first day, anchored on the latest day that a charge may have', () => {
  scenario(policy({ lateness: 'P38D', tiers: tiers({ window: 'last-62-days' }) }))
    .given(at('2026-05-03T00:00+07:00', charged(999_999)))
    .when(at('2026-08-10T09:00+07:00', charged(1).occurred('2026-07-03T09:00+07:00')))
    .then(tierUpgraded('vip').because({ window: { from: '2026-05-03', to: '2026-07-04', value: 1_000_000 } }));
});

describe('an adjustment', () => {
  const july = '2026-07-06T09:00+07:00';
  test.each([
    { appliesTo: july, told: [tierUpgraded('vip')], why: 'exactly the lateness back' },
    { appliesTo: '2026-07-06T08:59:59.999+07:00', told: [], why: 'a millisecond further is judged on today only' },
    { appliesTo: '2026-08-10T00:00+07:00', told: [], why: 'on today, where it is not enough' },
  ])('of what applied to $appliesTo: $why', ({ appliesTo, told }) => {
    scenario()
      .given(at('2026-07-06T00:00+07:00', charged(999_999)))
      .when(at('2026-08-10T09:00+07:00', adjusted(1, appliesTo)))
      .then(...told);
  });

  test('further back than the lateness still counts where the window of today holds its day', () => {
    scenario(policy({ tiers: tiers({ window: 'year-to-date' }) }))
      .given(charged(999_999))
      .when(adjusted(1, '2026-01-01T00:00+07:00'))
      .then(tierUpgraded('vip').because({ window: { from: '2026-01-01', to: '2027-01-01', value: 1_000_000 } }));
  });

  test('that takes away retracts nothing, and the next charge upgrades nobody twice', () => {
    scenario()
      .given(charged(1_000_000))
      .when(adjusted(-1_000_000, '2026-08-10T08:00+07:00'), charged(1_000_000))
      .then();
  });

  test('of a negative sum leaves the next charge to make it up', () => {
    scenario()
      .given(adjusted(-500_000, '2026-08-10T08:00+07:00'))
      .when(charged(1_000_000), charged(500_000))
      .then(tierUpgraded('vip').because({ cause: { id: 'e-4' } }));
  });
});
