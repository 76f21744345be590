import { describe, expect, test } from '@jest/globals';
import { activated, charged, delisted, listed, ticked } from '../testing/events.ts';
import { tierDowngraded, tierUpgraded } from '../testing/expectations.ts';
import { policy, review, tiers } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

const lists = { official: { floor: 'vip' }, board: { floor: 'gold' }, guests: {} };
const withLists = policy({ lists });
const shrinking = policy({ lists, tiers: tiers({ review: review() }) });

const morning = '2026-08-10T09:00+07:00';
const noon = '2026-08-10T12:00+07:00';
const evening = '2026-08-10T18:00+07:00';

describe('a listing lifts to its floor', () => {
  test.each([
    { spent: 1, list: 'official', told: [tierUpgraded('vip', { from: 'base', basis: 'list' })], why: 'from the base' },
    { spent: 1, list: 'board', told: [tierUpgraded('gold', { crossed: ['vip'] })], why: 'over a tier between' },
    { spent: 1_000_000, list: 'official', told: [], why: 'no further than spend has lifted' },
    { spent: 3_000_000, list: 'official', told: [], why: 'never down' },
    { spent: 1_000_000, list: 'board', told: [tierUpgraded('gold', { from: 'vip' })], why: 'above what spend reached' },
    { spent: 1, list: 'guests', told: [], why: 'and one without a floor not at all' },
  ])('$why', ({ spent, list, told }) => {
    scenario(withLists)
      .given(charged(spent))
      .when(listed(list))
      .then(...told);
  });

  test('and spend does not lift again to where a list has lifted before', () => {
    scenario(withLists).given(listed('board')).when(charged(3_000_000)).then();
  });

  test('and spend lifts above it', () => {
    scenario(withLists)
      .given(listed('official'))
      .when(charged(3_000_000))
      .then(tierUpgraded('gold', { from: 'vip', basis: 'spend' }));
  });
});

describe('a listing is a half-open span of instants', () => {
  const up = tierUpgraded('vip');
  const down = tierDowngraded('base');
  test.each([
    { from: noon, to: evening, until: '2026-08-10T11:59:59.999+07:00', told: [], why: 'not yet' },
    { from: noon, to: evening, until: noon, told: [up.at(noon)], why: 'it begins at its first instant' },
    { from: noon, to: evening, until: '2026-08-10T17:59:59.999+07:00', told: [up], why: 'until just before its end' },
    { from: noon, to: evening, until: evening, told: [up, down.at(evening)], why: 'it ends at its end' },
    { from: morning, to: evening, until: morning, told: [up.at(morning)], why: 'one that begins now is valid at once' },
    { from: '2026-08-01T00:00+07:00', to: morning, until: evening, told: [], why: 'one that ends now is not valid' },
    { from: '2026-07-01T00:00+07:00', to: '2026-08-01T00:00+07:00', until: evening, told: [], why: 'one that is past' },
  ])('$why', ({ from, to, until, told }) => {
    scenario(withLists)
      .when(at(morning, listed('official', from, to)), at(until, ticked()))
      .then(...told);
  });
});

test('what a listing begins and ends by itself has the instant for its cause, and names no list', () => {
  const [up, down] = scenario(withLists)
    .when(listed('official', noon, evening), at('2026-08-11T00:00+07:00', ticked()))
    .told.filter(({ name }) => name !== 'standing.changed');
  expect(up).toMatchObject({
    id: 'tier.upgraded/s-17/vip/list/2026-08-10T05%3A00%3A00Z',
    time: '2026-08-10T05:00:00Z',
  });
  expect(down?.id).toBe('tier.downgraded/s-17/base/list/2026-08-10T11%3A00%3A00Z');
  expect(down?.data).toEqual({
    from: 'vip',
    to: 'base',
    basis: 'list',
    because: { rule: 'lists', policy: expect.anything(), cause: { due: 'list', at: '2026-08-10T11:00:00Z' } },
  });
});

test('no output names a list, whatever lists do', () => {
  const { told } = scenario(shrinking).when(
    listed('official', morning, noon),
    listed('board'),
    charged(1_000_000),
    at('2026-10-10T00:00+07:00', delisted('board')),
  );
  expect(told.filter(({ name }) => name.startsWith('tier.'))).toHaveLength(3);
  expect(JSON.stringify(told)).not.toMatch(/official|board|guests/);
});

describe('listings add up', () => {
  test('the highest floor counts, and the next one holds when it ends', () => {
    scenario(withLists)
      .given(listed('official', morning, evening))
      .when(listed('board', morning, noon), at('2026-08-11T00:00+07:00', ticked()))
      .then(
        tierUpgraded('gold', { from: 'vip' }).at(morning),
        tierDowngraded('vip', { from: 'gold' }).at(noon),
        tierDowngraded('base').at(evening),
      );
  });

  test.each([
    { second: { from: noon, to: evening }, ends: evening, why: 'one that follows on without a gap' },
    { second: { from: morning, to: evening }, ends: evening, why: 'one that overlaps' },
    { second: { from: morning, to: noon }, ends: noon, why: 'the same once more' },
  ])('two spans of one list are one: $why', ({ second, ends }) => {
    scenario(withLists)
      .given(listed('official', morning, noon))
      .when(listed('official', second.from, second.to), at('2026-08-11T00:00+07:00', ticked()))
      .then(tierDowngraded('base').at(ends));
  });

  test('a gap between two is a gap', () => {
    scenario(withLists)
      .when(listed('official', morning, noon), listed('official', evening), at('2026-08-11T00:00+07:00', ticked()))
      .then(tierUpgraded('vip').at(morning), tierDowngraded('base').at(noon), tierUpgraded('vip').at(evening));
  });
});

describe('delisting', () => {
  test('ends all of that list, what has not begun too', () => {
    scenario(withLists)
      .given(listed('official'), listed('official', evening))
      .when(delisted('official'), at('2026-08-11T00:00+07:00', ticked()))
      .then(tierDowngraded('base', { basis: 'list' }).at(morning));
  });

  test.each([
    { of: 'official', told: [], why: 'of the lower list changes nothing' },
    { of: 'board', told: [tierDowngraded('vip', { from: 'gold' })], why: 'of the higher one leaves the lower' },
    { of: 'guests', told: [], why: 'of a list that one is not on changes nothing' },
  ])('$why', ({ of, told }) => {
    scenario(withLists)
      .given(listed('official'), listed('board'))
      .when(delisted(of))
      .then(...told);
  });

  test('leaves the tier that spend has reached', () => {
    scenario(withLists)
      .given(listed('board'), charged(1_000_000))
      .when(delisted('board'))
      .then(tierDowngraded('vip', { from: 'gold' }));
  });
});

describe('under a floor', () => {
  test('a review takes the computed tier away without a word, and the end of the list tells it', () => {
    scenario(shrinking)
      .given(at('2026-07-10T12:00+07:00', charged(1_000_000), listed('official', morning, '2026-10-01T00:00+07:00')))
      .when(at('2026-10-01T00:00+07:00', ticked()))
      .then(tierDowngraded('base', { basis: 'list' }).at('2026-10-01T00:00+07:00'));
  });

  test('a review takes no more than the floor leaves', () => {
    scenario(policy({ lists, tiers: tiers({ review: review({ downgrade: 'by-value' }) }) }))
      .given(at('2026-07-10T12:00+07:00', charged(5_000_000), listed('official')))
      .when(at('2026-09-03T06:00+07:00', ticked()))
      .then(tierDowngraded('vip', { from: 'platinum', crossed: ['gold'], basis: 'review' }));
  });
});

test('a floor that an activation raises lifts at the next cause, and not before', () => {
  scenario(withLists)
    .given(listed('official'), charged(1))
    .when(activated(policy({ version: 2, lists: { ...lists, official: { floor: 'gold' } } })), charged(1))
    .then(tierUpgraded('gold', { from: 'vip', basis: 'list' }).because({ cause: { id: 'e-5' } }));
});
