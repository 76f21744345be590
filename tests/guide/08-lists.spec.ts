/*
 * 8. Lists
 *
 * Some are cared for whatever they spend: senior officials, the largest customers. A list may give its members a `floor`,
 * a tier below which they never are while the listing is valid. Who puts whom on a list is an event, with two names: one
 * who asked for it and one who approved.
 */
import { expect, test } from '@jest/globals';
import { charged, delisted, listed, ticked } from '../../packages/domain/src/testing/events.ts';
import { refused, tierDowngraded, tierUpgraded } from '../../packages/domain/src/testing/expectations.ts';
import { policy, review, tiers } from '../../packages/domain/src/testing/policies.ts';
import { at, scenario } from '../../packages/domain/src/testing/scenario.ts';

const withLists = policy({
  tiers: tiers({ review: review() }),
  lists: { official: { floor: 'gold' }, press: { floor: 'vip' }, staff: {} },
});

test('a listing lifts its member to the floor at once', () => {
  scenario(withLists)
    .when(listed('official'))
    .then(tierUpgraded('gold', { from: 'base', basis: 'list' }));
});

/* One who lists must not approve, too. A list that the policy does not have is not made up. */
test('the one who requested cannot approve', () => {
  const data = { list: 'official', validFrom: '2026-08-01T00:00:00Z', requestedBy: 'lan', approvedBy: 'lan' };
  scenario(withLists).when(listed('official').but({ data })).then(refused('SCHEMA'));
  scenario(withLists).when(listed('nobility')).then(refused('REFERENCE'));
});

/* A listing is a half-open span of instants. Its beginning and its end fall due like a review: no event is needed. */
test('a listing begins and ends by itself', () => {
  scenario(withLists)
    .when(listed('official', '2026-09-01T00:00+07:00', '2026-10-01T00:00+07:00'))
    .then()
    .when(at('2026-09-15T00:00+07:00', ticked()))
    .then(tierUpgraded('gold').at('2026-09-01T00:00+07:00'))
    .when(at('2026-10-01T00:00+07:00', ticked()))
    .then(tierDowngraded('base', { basis: 'list' }));
});

/* Spans add up, and the highest floor counts. A list without a floor changes no tier. */
test('the tier is that of the highest floor that is still valid', () => {
  scenario(withLists)
    .given(listed('press'), listed('official', '2026-08-01T00:00+07:00', '2026-09-01T00:00+07:00'), listed('staff'))
    .when(at('2026-09-15T00:00+07:00', ticked()))
    .then(tierDowngraded('vip', { from: 'gold' }));
});

test('delisting ends all of that list, and nothing of another', () => {
  scenario(withLists)
    .given(listed('press'), listed('official'), listed('official', '2027-01-01T00:00+07:00'))
    .when(delisted('official'), at('2027-02-01T00:00+07:00', ticked()))
    .then(tierDowngraded('vip', { basis: 'list' }));
});

/*
 * Under the floor the computed tier, that of spend and reviews, lives on unseen. The effective tier is the higher of the
 * two, and it is the only one that is spoken of.
 */
test('what is lost under a floor is seen when the floor ends', () => {
  scenario(withLists)
    .given(
      at('2026-07-10T12:00+07:00', charged(3_000_000)),
      listed('official', '2026-07-11T00:00+07:00', '2026-12-01T00:00+07:00'),
    )
    .when(at('2026-11-30T00:00+07:00', ticked()))
    .then()
    .when(at('2026-12-02T00:00+07:00', ticked()))
    .then(tierDowngraded('base', { from: 'gold', crossed: ['vip'], basis: 'list' }).at('2026-12-01T00:00+07:00'));
});

/* That someone is on a list is nobody's business downstream. The trigger says that a list was the cause, and not which. */
test('no trigger names a list', () => {
  const { told } = scenario(withLists).when(
    listed('official', '2026-09-01T00:00+07:00'),
    at('2026-09-02T00:00+07:00', ticked()),
  );
  expect(told.map(({ name }) => name)).toEqual(['tier.upgraded', 'standing.changed']);
  expect(JSON.stringify(told)).not.toContain('official');
  expect(told[0]).toMatchObject({
    id: 'tier.upgraded/s-17/gold/list/2026-08-31T17%3A00%3A00Z',
    data: { basis: 'list', because: { rule: 'lists', cause: { due: 'list', at: '2026-08-31T17:00:00Z' } } },
  });
});
