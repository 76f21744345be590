/*
 * 10. Standing
 *
 * Triggers say what has changed. Whoever comes later asks what is so. `standing.changed` says it whole: the tier, whether
 * the subscriber is protected from suspension, and whether promotions are muted. It comes last among what one event brings,
 * and only when one of the three has changed. Until the first, a subscriber is base, unprotected and not muted.
 */
import { expect, test } from '@jest/globals';
import {
  activated,
  charged,
  closed,
  consented,
  erased,
  listed,
  opened,
  paid,
} from '../../packages/domain/src/testing/events.ts';
import {
  promotionsMuted,
  promotionsUnmuted,
  standing,
  standingEnded,
  tierUpgraded,
} from '../../packages/domain/src/testing/expectations.ts';
import { policy, tiers } from '../../packages/domain/src/testing/policies.ts';
import { scenario } from '../../packages/domain/src/testing/scenario.ts';

const caring = policy({
  lists: { official: {} },
  suspension: { protect: [{ list: 'official' }, { minTier: 'vip' }] },
  promotions: { muteFrom: 'gold' },
});

test('of who never stood out nothing is said', () => {
  expect(scenario(caring).when(charged(999_999), paid(1)).told).toEqual([]);
});

test('standing comes last, and says all three', () => {
  scenario(caring)
    .when(charged(3_000_000))
    .then(
      tierUpgraded('gold'),
      promotionsMuted(),
      standing({ tier: 'gold', protected: true, promotionsMuted: true }).withId('standing.changed/s-17/%2Fbilling/e-2'),
    );
});

/*
 * Protected is who matches one of the policy's `protect` rules now: here, whoever is on the list, or a VIP.
 */
test('a list may protect without lifting the tier', () => {
  scenario(caring)
    .when(listed('official'))
    .then(standing({ tier: 'base', protected: true, promotionsMuted: false }));
});

/* Promotions are muted for who stands high enough, and for who does not consent. What a missing answer means, the policy says. */
test('promotions follow consent', () => {
  scenario(caring)
    .when(consented(false))
    .then(promotionsMuted(), standing({ tier: 'base', protected: false, promotionsMuted: true }))
    .when(consented(true))
    .then(promotionsUnmuted(), standing({ tier: 'base', protected: false, promotionsMuted: false }));
  scenario({ ...caring, consent: 'opt-in' })
    .when(charged(1))
    .then(promotionsMuted(), standing({ promotionsMuted: true }));
});

test('without a promotions section nobody is muted', () => {
  expect(scenario(policy()).when(consented(false)).told).toEqual([]);
});

/* With opening balances an operator goes live without a year of history. Nothing comes out of them but standing. */
test('who is opened as gold is said to stand there, and not to have risen', () => {
  scenario(caring)
    .when(opened({ tier: 'gold' }))
    .then(standing({ tier: 'gold', protected: true, promotionsMuted: true }));
});

/*
 * Closing and erasing end the standing, once: `data` is null. A closed subscriber's last bills are still summed, and nothing
 * more is said. Of an erased one only a tombstone is left.
 */
test('standing ends once', () => {
  scenario(caring)
    .given(charged(1_000_000))
    .when(closed())
    .then(standingEnded())
    .when(charged(5_000_000), closed(), erased())
    .then();
});

/*
 * A new policy judges nobody by itself. Each subscriber is judged by it at the next cause, whatever that is. So its standing
 * follows then, too. A tier that the new ladder does not have becomes the next lower one, without a word.
 */
test('a tier that is gone is renamed at once, and told with the next event', () => {
  const withoutGold = policy({
    version: 2,
    tiers: tiers({ ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 1_000_000, retainAt: 800_000 }] }),
  });
  scenario()
    .given(charged(3_000_000))
    .when(activated(withoutGold))
    .then()
    .when(paid(1))
    .then(standing({ tier: 'vip' }));
});
