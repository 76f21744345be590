import { describe, expect, test } from '@jest/globals';
import { formatDay, formatMonth } from './calendar/civil-date.ts';
import { unknownSubscriber } from './state.ts';
import { adjusted, charged, closed, consented, erased, listed, opened, requested, ticked } from './testing/events.ts';
import { allowed, standing, standingEnded, thresholdReached, tierUpgraded } from './testing/expectations.ts';
import { policy, review, tiers } from './testing/policies.ts';
import { at, scenario } from './testing/scenario.ts';

const sumsOf = (story: ReturnType<typeof scenario>, subscriber = 's-17') => {
  const { days, months } = story.partition.state(subscriber) ?? unknownSubscriber;
  const pairs = (sums: readonly number[], name: (key: number) => string) =>
    Object.fromEntries(sums.flatMap((key, n) => (n % 2 === 0 ? [[name(key), sums[n + 1]]] : [])));
  return { days: pairs(days, formatDay), months: pairs(months, formatMonth) };
};

test('a charge lands in the day of its occurredAt, an adjustment in that of appliesTo, however late', () => {
  const story = scenario().given(
    charged(5).occurred('2026-07-31T23:59:59.999+07:00'),
    charged(7).occurred('2026-08-01T00:00+07:00'),
    adjusted(-2, '2026-07-31T09:00+07:00'),
    adjusted(-9, '2024-08-31T09:00+07:00'),
  );
  expect(sumsOf(story)).toEqual({
    days: { '2026-07-31': 3, '2026-08-01': 7 },
    months: { '2024-08': -9, '2026-07': 3, '2026-08': 7 },
  });
});

test('sums are kept for as long as a window can ask for them', () => {
  const story = scenario().given(at('2026-01-01T12:00+07:00', charged(1)), at('2026-05-05T12:00+07:00', charged(2)));
  expect(sumsOf(story)).toEqual({ days: { '2026-05-05': 2 }, months: { '2026-01': 1, '2026-05': 2 } });
  story.given(at('2028-04-01T00:00+07:00', charged(4)));
  expect(sumsOf(story)).toEqual({ days: { '2028-04-01': 4 }, months: { '2026-05': 2, '2028-04': 4 } });
});

describe('opening balances', () => {
  test.each([
    { data: {}, days: {}, months: {}, why: 'nothing' },
    { data: { months: { '2026-06': 9 } }, days: {}, months: { '2026-06': 9 }, why: 'a month' },
    {
      data: { months: { '2026-06': 9 }, days: { '2026-06-30': 4 } },
      days: { '2026-06-30': 4 },
      months: { '2026-06': 9 },
      why: 'a month holds its days too',
    },
    {
      data: { days: { '2026-06-30': 4, '2026-06-29': -1, '2026-07-01': 2 } },
      days: { '2026-06-29': -1, '2026-06-30': 4, '2026-07-01': 2 },
      months: { '2026-06': 3, '2026-07': 2 },
      why: 'a month of which only days are told is their sum',
    },
    { data: { months: { '2026-06': -9 } }, days: {}, months: { '2026-06': -9 }, why: 'a negative month' },
  ])('are the sums that later charges add to: $why', ({ data, days, months }) => {
    expect(sumsOf(scenario().given(opened(data)))).toEqual({ days, months });
  });

  test('count in every window, in whatever order their days are told', () => {
    scenario(policy({ alerts: [{ id: 'day', window: 'last-1-days', at: [3] }] }))
      .given(opened({ days: { '2026-08-10': 2, '2026-07-01': 9 } }))
      .when(charged(1))
      .then(thresholdReached(3, { value: 3 }));
  });

  test('say nothing but standing, whatever they hold', () => {
    scenario(policy({ alerts: [{ id: 'year', window: 'year-to-date', at: [5] }] }))
      .when(opened({ tier: 'gold', months: { '2026-08': 9_000_000 } }))
      .then(standing({ tier: 'gold' }));
  });

  test('bring a tier that is kept whatever the sums say, until a charge reaches a higher one', () => {
    scenario()
      .given(opened({ tier: 'vip', months: { '2026-08': 2_999_999 } }))
      .when(charged(1))
      .then(tierUpgraded('gold', { from: 'vip' }));
  });

  test('of the base are those of anyone: the next charge upgrades', () => {
    scenario()
      .given(opened({ tier: 'base', months: { '2026-08': 4_000_000 } }))
      .when(charged(1))
      .then(tierUpgraded('gold', { from: 'base' }));
  });
});

describe('who is closed', () => {
  const loud = policy({
    tiers: tiers({ review: review(), warn: ['P7D'] }),
    lists: { official: { floor: 'gold' } },
    alerts: [{ id: 'month', window: 'month-to-date', at: [5] }],
    promotions: { muteFrom: 'vip' },
  });

  test('is told of once more, by standing, and then no more', () => {
    scenario(loud)
      .given(at('2026-07-10T12:00+07:00', charged(1_000_000), listed('official', '2026-08-20T00:00+07:00')))
      .when(closed())
      .then(standingEnded())
      .when(closed(), charged(9_000_000), consented(false), listed('official'), at('2027-01-01T00:00Z', ticked()))
      .then();
  });

  test('has the final bills still summed', () => {
    const story = scenario(loud).given(charged(1), closed(), charged(2), adjusted(-5, '2026-07-31T12:00+07:00'));
    expect(sumsOf(story).months).toEqual({ '2026-07': -5, '2026-08': 3 });
  });

  test('leaves no profile and no listing behind', () => {
    const state = scenario(loud).given(consented(true), listed('official'), closed()).partition.state('s-17');
    expect([state?.profile, state?.listings, state?.standing]).toEqual([undefined, [], undefined]);
  });

  test('waits for nothing', () => {
    const story = scenario(loud).given(charged(1_000_000));
    expect(story.partition.dueAt('s-17')).toBeDefined();
    story.given(closed());
    expect(story.partition.dueAt('s-17')).toBeUndefined();
  });

  test('leaves nobody else silent', () => {
    scenario(loud).given(closed()).when(charged(5).by('s-2')).then(thresholdReached(5).to('s-2'));
  });
});

describe('who is erased', () => {
  test('leaves a bare tombstone, whatever there was', () => {
    const story = scenario(policy({ lists: { official: { floor: 'gold' } }, promotions: { muteFrom: 'vip' } })).given(
      charged(1_000_000),
      consented(true),
      listed('official'),
    );
    story.when(erased()).then(standingEnded());
    const tombstone = { ...unknownSubscriber, phase: 'erased' };
    expect(story.partition.state('s-17')).toEqual(tombstone);
    story.when(requested().named('r-1')).then(allowed('closed'));
    expect(story.partition.state('s-17')).toEqual(tombstone);
  });

  test('without ever having been known, is erased all the same', () => {
    scenario().when(erased()).then(standingEnded());
  });

  test('after a closing is not told of twice', () => {
    scenario().given(closed()).when(erased()).then();
  });

  test('falls due for nothing, a listing that would have ended included', () => {
    scenario(policy({ lists: { official: { floor: 'vip' } } }))
      .given(listed('official', '2026-08-01T00:00+07:00', '2026-08-20T00:00+07:00'), erased())
      .when(at('2026-08-21T00:00+07:00', ticked(), charged(1).by('s-2')))
      .then();
  });
});
