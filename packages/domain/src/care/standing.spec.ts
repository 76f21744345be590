import { describe, expect, test } from '@jest/globals';
import { activated, charged, closed, consented, erased, listed, opened, ticked } from '../testing/events.ts';
import { promotionsMuted, standing, standingEnded, tierDowngraded, tierUpgraded } from '../testing/expectations.ts';
import { policy, review, tiers } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

const lists = { official: {}, board: { floor: 'gold' } };
const protecting = (...protect: readonly object[]) =>
  policy({ lists, promotions: { muteFrom: 'platinum' }, suspension: { protect } });

const unprotected = { protected: false, promotionsMuted: false };

describe('the first standing is told when it is no longer base, unprotected and not muted', () => {
  test.each([
    { event: charged(999_999), told: [], why: 'nothing has changed' },
    { event: charged(1_000_000), told: [standing({ tier: 'vip', ...unprotected })], why: 'the tier' },
    {
      event: listed('official'),
      told: [standing({ tier: 'base', protected: true, promotionsMuted: false })],
      why: 'the protection',
    },
    {
      event: consented(false),
      told: [standing({ tier: 'base', protected: false, promotionsMuted: true })],
      why: 'the promotions',
    },
    { event: opened({ months: { '2026-07': 5_000_000 } }), told: [], why: 'opening balances at the base' },
    { event: opened({ tier: 'vip' }), told: [standing({ tier: 'vip', ...unprotected })], why: 'an opening tier' },
    { event: closed(), told: [standingEnded()], why: 'a closing ends what was not told' },
  ])('$why', ({ event, told }) => {
    const heard = scenario(protecting({ list: 'official' })).when(event).told;
    expect(heard.filter(({ name }) => name === 'standing.changed')).toMatchObject(told.map((one) => one.told));
  });
});

test('a standing has its cause in its id, and says tier, protection and promotions, and nothing else', () => {
  const told = scenario(protecting({ minTier: 'vip' })).when(charged(1_000_000).named('c-1')).told[1];
  expect(told?.id).toBe('standing.changed/s-17/%2Fbilling/c-1');
  expect(told?.data).toEqual({
    tier: 'vip',
    protected: true,
    promotionsMuted: false,
    because: { rule: 'standing', policy: expect.anything(), cause: expect.objectContaining({ id: 'c-1' }) },
  });
});

describe('each change is told once, after all that has led to it', () => {
  test('as it comes', () => {
    scenario(protecting({ minTier: 'gold' }))
      .when(charged(1_000_000), charged(1), charged(2_000_000), consented(false), consented(false))
      .then(
        tierUpgraded('vip'),
        standing({ tier: 'vip', ...unprotected }),
        tierUpgraded('gold'),
        standing({ tier: 'gold', protected: true, promotionsMuted: false }),
        promotionsMuted(),
        standing({ tier: 'gold', protected: true, promotionsMuted: true }),
      );
  });

  test('back to where it began, too', () => {
    const shrinking = policy({ tiers: tiers({ review: review() }) });
    scenario(shrinking)
      .given(at('2026-07-10T12:00+07:00', charged(1_000_000)))
      .when(at('2026-09-03T06:00+07:00', ticked()))
      .then(tierDowngraded('base'), standing({ tier: 'base', ...unprotected }));
  });
});

describe('protected is whom a rule matches now', () => {
  const both = { list: 'official', minTier: 'vip' };
  test.each([
    { rules: [], events: [listed('official'), charged(1_000_000)], isProtected: false, why: 'there is no rule' },
    { rules: [both], events: [listed('official')], isProtected: false, why: 'the tier is missing' },
    { rules: [both], events: [charged(1_000_000)], isProtected: false, why: 'the list is missing' },
    { rules: [both], events: [listed('official'), charged(1_000_000)], isProtected: true, why: 'both hold' },
    { rules: [{ minTier: 'gold' }], events: [charged(2_999_999)], isProtected: false, why: 'one below the tier' },
    { rules: [{ minTier: 'gold' }], events: [charged(3_000_000)], isProtected: true, why: 'exactly the tier' },
    { rules: [{ minTier: 'gold' }], events: [listed('board')], isProtected: true, why: 'a list lifts to the tier' },
    { rules: [both, { minTier: 'vip' }], events: [charged(1_000_000)], isProtected: true, why: 'the second rule does' },
  ])('$isProtected: $why', ({ rules, events, isProtected }) => {
    const story = scenario(protecting(...rules));
    const told = story.when(...events).told.filter(({ name }) => name === 'standing.changed');
    expect((told.at(-1)?.data as { protected?: boolean } | undefined)?.protected ?? false).toBe(isProtected);
  });

  test('and a listing without a floor begins and ends it at its own instants', () => {
    scenario(protecting({ list: 'official' }))
      .when(listed('official', '2026-08-11T00:00+07:00', '2026-08-12T00:00+07:00'), at('2026-08-13T00:00Z', ticked()))
      .then(
        standing({ protected: true })
          .at('2026-08-11T00:00+07:00')
          .withId('standing.changed/s-17/list/2026-08-10T17%3A00%3A00Z'),
        standing({ protected: false }).at('2026-08-12T00:00+07:00'),
      );
  });

  test('and an activation tells it at the next cause', () => {
    scenario(policy({ lists }))
      .given(listed('official'))
      .when(activated({ ...protecting({ list: 'official' }), version: 2 }), charged(1))
      .then(standing({ tier: 'base', protected: true }).because({ cause: { id: 'e-4' } }));
  });
});

describe('closing and erasure end it', () => {
  test.each([
    { events: [closed(), closed()], why: 'two closings' },
    { events: [erased()], why: 'an erasure' },
    { events: [closed(), erased()], why: 'an erasure after a closing' },
  ])('once: $why', ({ events }) => {
    scenario()
      .given(charged(1_000_000))
      .when(...events)
      .then(standingEnded().withId('standing.changed/s-17/%2Fbilling/e-3'));
  });
});
