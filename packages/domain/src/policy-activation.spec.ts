import { describe, expect, test } from '@jest/globals';
import { activated, charged, type Happening, invoiced, listed, ticked } from './testing/events.ts';
import {
  graceGranted,
  refused,
  reminderDue,
  spendDropped,
  standing,
  stopped,
  thresholdReached,
  tierAtRisk,
  tierDowngraded,
  tierUpgraded,
} from './testing/expectations.ts';
import { policy, review, tiers } from './testing/policies.ts';
import { at, scenario } from './testing/scenario.ts';

const base = { name: 'base' };
const vip = { name: 'vip', upgradeAt: 1_000_000, retainAt: 800_000 };
const gold = { name: 'gold', upgradeAt: 3_000_000, retainAt: 2_500_000 };
const platinum = { name: 'platinum', upgradeAt: 5_000_000, retainAt: 4_000_000 };
const ladder = (...rungs: readonly object[]) => tiers({ ladder: [base, ...rungs] });

describe('a policy is activated', () => {
  const second = policy({ version: 2 });
  const cheap = ladder({ name: 'vip', upgradeAt: 500, retainAt: 400 });
  const rules = [tierUpgraded('vip')];
  test.each([
    { next: policy({ version: 3, tiers: cheap }), told: rules, why: 'a higher version' },
    { next: policy({ version: 9, tiers: cheap }), told: rules, why: 'a version that leaves some out' },
    { next: policy({ version: 1, tiers: cheap }), told: [], why: 'not a lower version' },
    { next: { ...second }, told: [], why: 'not the same once more' },
    { next: Object.fromEntries(Object.entries(second).reverse()), told: [], why: 'nor with its keys turned round' },
    { next: policy({ version: 2, tiers: cheap }), told: [stopped()], why: 'the same version with another hash stops' },
    {
      next: policy({ version: 3, zone: 'Asia/Tokyo', tiers: cheap }),
      told: [refused('STATE')],
      why: 'zone is for ever',
    },
    { next: policy({ version: 3, currency: 'USD', tiers: cheap }), told: [refused('STATE')], why: 'so is currency' },
    {
      next: policy({ id: 'other', version: 3, tiers: cheap }),
      told: [refused('STATE')],
      why: 'one journal, one policy',
    },
    { next: policy({ version: 3, tiers: {} }), told: [refused('SCHEMA')], why: 'it is checked whole first' },
  ])('$why', ({ next, told }) => {
    const story = scenario(second);
    const heard = story.when(charged(499), activated(next));
    const after = heard.told.length === 0 ? story.when(charged(1)).told : [];
    expect([...heard.told, ...after].filter(({ name }) => name !== 'standing.changed')).toMatchObject(
      told.map((expected) => expected.told),
    );
  });

  test('and says at a stop which version runs, with both hashes', () => {
    const why = scenario(second).when(activated(policy({ version: 2, consent: 'opt-in' }))).told[0]?.why;
    expect(why).toMatch(/^policy example version 2 is running with hash [0-9a-f]{64}; .* hash [0-9a-f]{64}$/);
  });

  test('changes no tier by itself: each is judged at the next cause', () => {
    const story = scenario().given(charged(600_000), charged(600_000).by('s-2'));
    story.when(activated(policy({ version: 2, tiers: ladder({ ...vip, upgradeAt: 600_000, retainAt: 1 }) }))).then();
    story.when(charged(1).by('s-2'), at('2026-12-01T00:00+07:00', ticked())).then(tierUpgraded('vip').to('s-2'));
  });
});

describe('a floor that an activation raises', () => {
  const lists = (floor: string) => ({ guests: { floor } });
  const start = '2026-08-10T09:00+07:00';
  const waits = (parts: object, ...events: readonly Happening[]) =>
    scenario(policy({ ...parts, lists: lists('vip') })).given(
      at(start, listed('guests'), ...events, activated(policy({ ...parts, version: 2, lists: lists('gold') }))),
    );
  const due = (time: string) => at(time, ticked());

  test('brings into reach what waits for the tier: grace', () => {
    waits({ suspension: { grace: [{ minTier: 'gold', days: 10 }] } }, invoiced(500, { dueOn: '2026-08-25' }))
      .when(due('2026-08-26T00:00+07:00'))
      .then(tierUpgraded('gold', { basis: 'list' }), graceGranted('i-1', { until: '2026-09-04' }));
  });

  test('brings into reach what waits for the tier: reminders', () => {
    waits({ suspension: { remind: ['-P3D'], remindMinTier: 'gold' } }, invoiced(500, { dueOn: '2026-08-25' }))
      .when(due('2026-08-22T09:00+07:00'))
      .then(tierUpgraded('gold', { basis: 'list' }), reminderDue('i-1'));
  });

  test('brings into reach what waits for the tier: retention', () => {
    const rule = { id: 'dropped', every: 'month', day: 3, at: '07:00', minTier: 'gold', belowPercent: 50 };
    const windows = { window: 'previous-month', of: 'average-of-last-3-months' };
    waits({ retention: [{ ...rule, ...windows }] }, charged(900).occurred('2026-07-15T00:00+07:00'))
      .when(due('2026-09-03T07:00+07:00'))
      .then(tierUpgraded('gold', { basis: 'list' }), spendDropped('dropped'));
  });

  test('above the tier that a charge reaches is the basis, without its window and threshold', () => {
    const [told] = waits({}).when(charged(1_000_000)).told;
    expect(told).toMatchObject({ data: { from: 'vip', to: 'gold', basis: 'list', because: { rule: 'lists' } } });
    expect(told).not.toHaveProperty('data.because.window');
    expect(told).not.toHaveProperty('data.because.threshold');
  });

  test('is not the basis where the charge reaches that tier too', () => {
    waits({})
      .when(charged(3_000_000))
      .then(tierUpgraded('gold', { basis: 'spend' }).because({ threshold: 3_000_000 }));
  });
});

describe('a tier that is gone maps to the next lower one', () => {
  const all = ladder(vip, gold, platinum);
  test.each([
    {
      spent: 3_000_000,
      next: ladder(vip, platinum),
      more: 2_000_000,
      told: tierUpgraded('platinum', { from: 'vip' }),
      why: 'gold to vip',
    },
    { spent: 5_000_000, next: ladder(vip), more: 1, told: standing({ tier: 'vip' }), why: 'platinum over gold to vip' },
    {
      spent: 1_000_000,
      next: ladder(gold),
      more: 2_000_000,
      told: tierUpgraded('gold', { from: 'base' }),
      why: 'vip to base',
    },
    {
      spent: 3_000_000,
      next: ladder(gold, platinum),
      more: 2_000_000,
      told: tierUpgraded('platinum', { from: 'gold' }),
      why: 'gold stays gold, whatever its rank',
    },
    {
      spent: 3_000_000,
      next: ladder(vip, { ...gold, name: 'silver' }),
      more: 1,
      told: tierUpgraded('silver', { from: 'vip' }),
      why: 'a new name is a new tier',
    },
  ])('$why: nothing is said, and what follows begins there', ({ spent, next, more, told }) => {
    const story = scenario(policy({ tiers: all })).given(charged(spent));
    story.when(activated(policy({ version: 2, tiers: next }))).then();
    expect(story.when(charged(more)).told[0]).toMatchObject(told.told);
  });

  test('and keeps no failures of the tier that is gone', () => {
    const twice = (version: number, ...rungs: readonly object[]) =>
      policy({ version, tiers: { ...ladder(...rungs), review: review({ failures: 2 }) } });
    scenario(twice(1, vip, gold))
      .given(at('2026-07-10T12:00+07:00', charged(3_000_000)), at('2026-09-05T00:00+07:00', activated(twice(2, vip))))
      .when(at('2026-11-03T05:59+07:00', ticked()))
      .then()
      .when(at('2026-11-03T06:00+07:00', ticked()))
      .then(tierDowngraded('base'));
  });

  test('while another tier keeps its failures', () => {
    const twice = (version: number, ...rungs: readonly object[]) =>
      policy({ version, tiers: { ...ladder(...rungs), review: review({ failures: 2 }) } });
    scenario(twice(1, vip, gold))
      .given(at('2026-07-10T12:00+07:00', charged(1_000_000)), at('2026-09-05T00:00+07:00', activated(twice(2, vip))))
      .when(at('2026-10-03T06:00+07:00', ticked()))
      .then(tierDowngraded('base'));
  });

  test('and a floor at a tier that is gone stays where it is named now', () => {
    const listing = (version: number, floor: string, ...rungs: readonly object[]) =>
      policy({ version, tiers: ladder(...rungs), lists: { board: { floor } } });
    const story = scenario(listing(1, 'gold', vip, gold)).given(listed('board'));
    story.when(activated(listing(2, 'vip', vip)), charged(1)).then(standing({ tier: 'vip' }));
  });
});

describe('what falls due is armed anew for everyone', () => {
  const vipInJuly: Happening = charged(1_000_000);
  const reviewing = (version: number, parts: object, others: object = {}) =>
    policy({ version, tiers: tiers({ review: review(parts), ...others }) });

  test.each([
    { on: '2026-08-20T00:00+07:00', next: reviewing(2, { day: 25 }), at: '2026-09-25T06:00+07:00', why: 'a later day' },
    {
      on: '2026-08-20T00:00+07:00',
      next: reviewing(2, { at: '07:30' }),
      at: '2026-09-03T07:30+07:00',
      why: 'another time',
    },
    {
      on: '2026-08-20T00:00+07:00',
      next: reviewing(2, { every: 'quarter' }),
      at: '2026-10-03T06:00+07:00',
      why: 'a longer period',
    },
    {
      on: '2026-09-02T00:00+07:00',
      next: reviewing(2, { day: 1 }),
      at: '2026-10-01T06:00+07:00',
      why: 'what is past is not due',
    },
    {
      on: '2026-09-01T06:00+07:00',
      next: reviewing(2, { day: 1 }),
      at: '2026-10-01T06:00+07:00',
      why: 'nor what is now',
    },
    {
      on: '2026-09-01T05:59:59.999+07:00',
      next: reviewing(2, { day: 1 }),
      at: '2026-09-01T06:00+07:00',
      why: 'what is just to come is',
    },
  ])('the review: $why', ({ on, next, at: instant }) => {
    scenario(reviewing(1, {}))
      .given(at('2026-07-10T12:00+07:00', vipInJuly), at(on, activated(next)))
      .when(at('2026-10-05T00:00+07:00', ticked()))
      .then(tierDowngraded('base').at(instant));
  });

  test('a review that an activation adds reaches those who waited for nothing', () => {
    scenario()
      .given(at('2026-07-10T12:00+07:00', vipInJuly))
      .when(
        at('2026-08-20T00:00+07:00', activated(reviewing(2, {}, { warn: ['P7D'] }))),
        at('2026-09-03T06:00+07:00', ticked()),
      )
      .then(tierAtRisk('vip').at('2026-08-27T06:00+07:00'), tierDowngraded('base'));
  });

  test('a review that an activation takes away falls due no more', () => {
    scenario(reviewing(1, {}))
      .given(at('2026-07-10T12:00+07:00', vipInJuly))
      .when(activated(policy({ version: 2 })), at('2027-01-01T00:00+07:00', ticked()))
      .then();
  });

  test('a review that an activation moves to later that day looks at nobody twice', () => {
    const open = { window: 'last-30-days', failures: 2 };
    scenario(reviewing(1, open))
      .given(
        at('2026-07-10T12:00+07:00', vipInJuly),
        at('2026-09-03T08:00+07:00', activated(reviewing(2, { ...open, at: '12:00' }))),
      )
      .when(at('2026-09-03T12:00+07:00', ticked()))
      .then();
  });
});

test('a policy rules what comes after its activation, and only that', () => {
  const alerting = (version: number, threshold: number) =>
    policy({ version, alerts: [{ id: 'month', window: 'month-to-date', at: [threshold] }] });
  scenario(alerting(1, 10))
    .when(charged(9), activated(alerting(2, 5)), charged(1), charged(1).by('s-2'), charged(5).by('s-2'))
    .then(
      thresholdReached(5)
        .to('s-2')
        .because({ policy: { version: 2 } }),
    );
});
