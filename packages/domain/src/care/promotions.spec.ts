import { describe, test } from '@jest/globals';
import { activated, charged, consented, delisted, listed, opened, updated } from '../testing/events.ts';
import { promotionsMuted, promotionsUnmuted, standing, tierDowngraded, tierUpgraded } from '../testing/expectations.ts';
import { policy } from '../testing/policies.ts';
import { scenario } from '../testing/scenario.ts';

const muting = (consent: 'opt-in' | 'opt-out' = 'opt-out', parts: object = {}) =>
  policy({ consent, promotions: { muteFrom: 'gold' }, lists: { board: { floor: 'gold' } }, ...parts });

describe('promotions are muted from a tier on', () => {
  test.each([
    { spent: 2_999_999, told: [tierUpgraded('vip')], why: 'the tier below' },
    { spent: 3_000_000, told: [tierUpgraded('gold'), promotionsMuted()], why: 'that tier' },
    { spent: 5_000_000, told: [tierUpgraded('platinum'), promotionsMuted()], why: 'a tier above' },
  ])('$spent: $why', ({ spent, told }) => {
    scenario(muting())
      .when(charged(spent))
      .then(...told);
  });

  test('by a list as by spend, and unmuted when it ends', () => {
    scenario(muting())
      .when(listed('board'), delisted('board'))
      .then(tierUpgraded('gold'), promotionsMuted(), tierDowngraded('base'), promotionsUnmuted());
  });

  test('and not muted again by a tier above', () => {
    scenario(muting()).given(charged(3_000_000)).when(charged(2_000_000)).then(tierUpgraded('platinum'));
  });
});

describe('who does not consent is muted', () => {
  const muted = [promotionsMuted()];
  test.each([
    { consent: 'opt-out', answer: consented(), told: [], why: 'opt-out takes no answer for a yes' },
    { consent: 'opt-out', answer: consented(true), told: [], why: 'a yes' },
    { consent: 'opt-out', answer: consented(false), told: muted, why: 'a no' },
    { consent: 'opt-in', answer: consented(), told: muted, why: 'opt-in takes no answer for a no' },
    { consent: 'opt-in', answer: consented(true), told: [], why: 'a yes' },
    { consent: 'opt-in', answer: consented(false), told: muted, why: 'a no' },
    { consent: 'opt-in', answer: updated({ consent: { gifts: true } }), told: muted, why: 'a yes to something else' },
    { consent: 'opt-in', answer: charged(1), told: muted, why: 'without a profile nobody has answered' },
    { consent: 'opt-out', answer: charged(1), told: [], why: 'without a profile nobody has refused' },
  ] as const)('$consent: $why', ({ consent, answer, told }) => {
    scenario(muting(consent))
      .when(answer)
      .then(...told);
  });

  test('and a profile replaces the last whole, its answer too', () => {
    scenario(muting())
      .given(consented(false))
      .when(updated({ gender: 'female' }))
      .then(promotionsUnmuted());
  });

  test('though the policy mutes no tier', () => {
    scenario(muting('opt-out', { promotions: {} }))
      .when(charged(5_000_000), consented(false))
      .then(tierUpgraded('platinum'), promotionsMuted());
  });

  test('but not where the policy says nothing of promotions', () => {
    scenario(policy({ consent: 'opt-in' }))
      .when(consented(false))
      .then();
  });
});

describe('only a change is told', () => {
  test('and it alternates, whichever of the two reasons goes', () => {
    scenario(muting())
      .when(consented(false), listed('board'), consented(true), delisted('board'))
      .then(promotionsMuted(), tierUpgraded('gold'), tierDowngraded('base'), promotionsUnmuted());
  });

  test('with its cause in its id, and nothing but the reason in it', () => {
    scenario(muting())
      .when(consented(false).named('u-1'), consented(true).named('u-2'))
      .then(
        promotionsMuted()
          .withId('promotions.muted/s-17/%2Fbilling/u-1')
          .because({ rule: 'promotions', cause: { id: 'u-1' } }),
        promotionsUnmuted().withId('promotions.unmuted/s-17/%2Fbilling/u-2'),
      );
  });

  test('and opening balances tell it by standing alone', () => {
    scenario(muting())
      .when(opened({ tier: 'gold' }))
      .then(standing({ tier: 'gold', promotionsMuted: true }))
      .when(consented(false), charged(1))
      .then();
  });

  test('an activation tells it at the next cause', () => {
    scenario(muting())
      .given(charged(1_000_000))
      .when(activated(muting('opt-out', { version: 2, promotions: { muteFrom: 'vip' } })), charged(1))
      .then(promotionsMuted().because({ cause: { id: 'e-4' } }));
  });
});
