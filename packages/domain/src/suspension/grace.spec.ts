import { formatInstant, hourMs } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import {
  activated,
  adjusted,
  billed,
  charged,
  closed,
  delisted,
  erased,
  instant,
  invoiced,
  listed,
  opened,
  paid,
  requested,
  reversed,
  ticked,
} from '../testing/events.ts';
import { graceGranted, skipped, standing, tierDowngraded, tierUpgraded } from '../testing/expectations.ts';
import { policy, review, tiers } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';
import { debtOn } from './ledger.ts';

const lists = { official: { floor: 'vip' }, board: { floor: 'gold' }, guests: {} };
const granting = (grace: readonly object[] = [{ minTier: 'vip', days: 5 }], parts: object = {}) =>
  policy({ lists, suspension: { grace }, ...parts });
const midnight = '2026-08-26T00:00+07:00';
const vip = () => scenario(granting()).given(opened({ tier: 'vip' }));
const later = at('2026-12-01T00:00+07:00', ticked());

describe('grace is granted when a due date ends unpaid', () => {
  test.each([
    { now: '2026-08-25T23:59:59.999+07:00', told: [], why: 'the last millisecond of the due date' },
    { now: midnight, told: [graceGranted('i-1').at(midnight)], why: 'local midnight ends it' },
    { now: '2026-08-30T12:00+07:00', told: [graceGranted('i-1').at(midnight)], why: 'later, at its own instant' },
  ])('now $now: $why', ({ now, told }) => {
    vip()
      .given(invoiced(500))
      .when(at(now, ticked()))
      .then(...told);
  });

  test.each([
    { events: [paid(499)], told: [graceGranted('i-1', { outstanding: 1 })], why: 'one is unpaid' },
    { events: [paid(500)], told: [], why: 'all is paid' },
    { events: [billed(-500)], told: [], why: 'it was adjusted to nothing' },
    { events: [billed(-600)], told: [], why: 'and to less than nothing' },
    { events: [billed(100)], told: [graceGranted('i-1', { outstanding: 600 })], why: 'it was adjusted upwards' },
    {
      events: [paid(500), reversed(500)],
      told: [graceGranted('i-1', { outstanding: 500 })],
      why: 'a payment came back',
    },
    { events: [paid(500), billed(1)], told: [graceGranted('i-1', { outstanding: 1 })], why: 'paid, then adjusted' },
    {
      events: [paid(500), invoiced(400, { invoiceId: 'i-0', dueOn: '2026-08-20' })],
      told: [graceGranted('i-1', { outstanding: 400 })],
      why: 'the payment settles the older one first',
    },
  ])('$why', ({ events, told }) => {
    vip()
      .given(invoiced(500), ...events)
      .when(at(midnight, ticked()))
      .then(...told);
  });

  test('and says the new date, and nothing else', () => {
    const told = vip()
      .given(invoiced(500, { invoiceId: 'i/7' }), paid(100))
      .when(at(midnight, ticked())).told[0];
    expect(told).toMatchObject({ id: 'payment-grace.granted/s-17/i%2F7', time: '2026-08-25T17:00:00Z' });
    expect(told).not.toHaveProperty('expirytime');
    expect(told?.data).toEqual({
      invoiceId: 'i/7',
      dueOn: '2026-08-25',
      until: '2026-08-30',
      outstanding: 400,
      because: {
        rule: 'suspension',
        policy: expect.anything(),
        cause: { due: 'grace', at: '2026-08-25T17:00:00Z' },
      },
    });
  });

  test.each([
    { dueOn: '2026-08-31', days: 1, until: '2026-09-01', why: 'over the end of a month' },
    { dueOn: '2026-12-31', days: 10, until: '2027-01-10', why: 'over the end of a year' },
    { dueOn: '2028-02-28', days: 1, until: '2028-02-29', why: 'onto 29 February' },
    { dueOn: '2027-02-28', days: 1, until: '2027-03-01', why: 'over a February without one' },
  ])('$days days after $dueOn is $until: $why', ({ dueOn, days, until }) => {
    scenario(granting([{ minTier: 'vip', days }]))
      .given(opened({ tier: 'vip' }), invoiced(500, { dueOn }))
      .when(at('2028-06-01T00:00+07:00', ticked()))
      .then(graceGranted('i-1', { dueOn, until }));
  });

  test.each([
    { zone: 'Europe/London', dueOn: '2026-10-24', end: '2026-10-25T00:00+01:00', why: 'the day before a long one' },
    { zone: 'Europe/London', dueOn: '2026-10-25', end: '2026-10-26T00:00+00:00', why: 'a day of 25 hours' },
    { zone: 'Africa/Cairo', dueOn: '2026-04-23', end: '2026-04-24T01:00+03:00', why: 'a midnight that is skipped' },
  ])('in $zone at $end: $why', ({ zone, dueOn, end }) => {
    const story = scenario(granting([{ minTier: 'vip', days: 5 }], { zone })).given(
      at('2026-04-01T00:00Z', opened({ tier: 'vip' }), invoiced(500, { dueOn })),
    );
    story.when(at(formatInstant(instant(end) - 1), ticked())).then();
    story.when(at(end, ticked())).then(graceGranted('i-1').at(end));
  });
});

describe('the highest tier that fits gives the days', () => {
  const ladder = [
    { minTier: 'gold', days: 10 },
    { minTier: 'vip', days: 20 },
  ];
  test.each([
    { grace: ladder, tier: 'base', until: undefined, why: 'none fits' },
    { grace: ladder, tier: 'vip', until: '2026-09-14', why: 'exactly the tier' },
    { grace: ladder, tier: 'gold', until: '2026-09-04', why: 'the higher of two, though it gives less' },
    { grace: ladder, tier: 'platinum', until: '2026-09-04', why: 'the highest below' },
    { grace: ladder.toReversed(), tier: 'gold', until: '2026-09-04', why: 'whatever their order' },
    { grace: [{ minTier: 'base', days: 1 }], tier: 'base', until: '2026-08-26', why: 'the base is a tier' },
    { grace: [], tier: 'platinum', until: undefined, why: 'there is no grace' },
  ])('$tier: $why', ({ grace, tier, until }) => {
    scenario(granting(grace))
      .given(opened({ tier }), invoiced(500))
      .when(at(midnight, ticked()))
      .then(...(until === undefined ? [] : [graceGranted('i-1', { until })]));
  });

  test('of the tier that is held at the end of the due date, by spend', () => {
    scenario(granting())
      .given(invoiced(500), at('2026-08-25T23:59+07:00', charged(1_000_000)))
      .when(at(midnight, ticked()))
      .then(graceGranted('i-1'));
  });

  test('and whoever comes to it with the first event of the next day has none', () => {
    scenario(granting())
      .given(invoiced(500))
      .when(at(midnight, charged(1_000_000)))
      .then(tierUpgraded('vip'));
  });

  test.each([
    {
      from: '2026-08-01T00:00+07:00',
      to: midnight,
      told: [tierDowngraded('base')],
      why: 'a listing that ends with it',
    },
    {
      from: midnight,
      to: '2026-08-27T00:00+07:00',
      told: [tierUpgraded('vip'), graceGranted('i-1')],
      why: 'a listing that begins at that midnight, for lists come first',
    },
  ])('$why', ({ from, to, told }) => {
    scenario(granting())
      .given(listed('official', from, to), invoiced(500))
      .when(at(midnight, ticked()))
      .then(...told);
  });

  test('and a review of that very instant has spoken before', () => {
    const reviewed = tiers({ review: review({ day: 26, at: '00:00' }) });
    scenario(granting(undefined, { tiers: reviewed }))
      .given(at('2026-06-10T09:00+07:00', charged(1_000_000)), invoiced(500))
      .when(at(midnight, ticked()))
      .then(tierDowngraded('base').at(midnight));
  });
});

describe('an invoice that becomes known later has none', () => {
  test.each([
    { now: '2026-08-25T23:59:59.999+07:00', told: [graceGranted('i-1')], why: 'before the end of the due date' },
    { now: midnight, told: [], why: 'exactly with it' },
    { now: '2026-08-26T00:00:00.001+07:00', told: [], why: 'after it' },
  ])('$now: $why', ({ now, told }) => {
    vip()
      .when(at(now, invoiced(500)), later)
      .then(...told);
  });

  test('nor does a policy that comes with the end of the due date give any', () => {
    scenario(policy({ lists }))
      .given(opened({ tier: 'vip' }), invoiced(500))
      .when(at(midnight, activated({ ...granting(), version: 2 })), later)
      .then();
  });

  test('but one that comes before it does', () => {
    scenario(policy({ lists }))
      .given(opened({ tier: 'vip' }), invoiced(500))
      .when(at('2026-08-25T23:00+07:00', activated({ ...granting(), version: 2 })), later)
      .then(graceGranted('i-1'));
  });

  test('and one that comes after it takes nothing back', () => {
    const story = vip().given(invoiced(500), at(midnight, ticked()), activated(policy({ version: 2, lists })));
    expect(debtsOf(story, '2026-08-30T23:59+07:00', '2026-08-31T00:00+07:00')).toEqual([0, 500]);
  });
});

/** The ledger's debt at these instants. */
const debtsOf = (story: ReturnType<typeof scenario>, ...times: readonly string[]) => {
  const { calendar } = story.partition.header().policy ?? {};
  const { ledger } = story.partition.state('s-17') ?? {};
  return times.map((time) => calendar && ledger && debtOn(ledger, calendar.dayOf(instant(time))));
};

describe('overdue begins at 00:00 of the day after the due date plus the grace', () => {
  test.each([
    { tier: 'base', last: '2026-08-25T23:59:59.999+07:00', first: midnight, why: 'without grace' },
    { tier: 'vip', last: '2026-08-30T23:59:59.999+07:00', first: '2026-08-31T00:00+07:00', why: 'with five days' },
  ])('and from then on a skip counts: $why', ({ tier, last, first }) => {
    const suspension = { protect: [{ list: 'guests' }], grace: [{ minTier: 'vip', days: 5 }] };
    const story = scenario(policy({ lists, suspension }));
    story.given(opened({ tier }), listed('guests'), invoiced(500), at(last, ticked()));
    story.when(requested()).then(skipped(0));
    story.when(at(first, requested({ requestId: 'r-2' }))).then(skipped(1));
  });

  test('where the invoice was paid when its due date ended, and the payment came back', () => {
    const story = vip().given(invoiced(500), paid(500), at(midnight, ticked()), reversed(500));
    expect(debtsOf(story, '2026-08-30T23:59+07:00', '2026-08-31T00:00+07:00')).toEqual([0, 500]);
  });

  test('whatever tier is held later', () => {
    const story = scenario(granting()).given(
      listed('official'),
      invoiced(500),
      at(midnight, ticked()),
      delisted('official'),
    );
    expect(debtsOf(story, '2026-08-30T23:59+07:00', '2026-08-31T00:00+07:00')).toEqual([0, 500]);
  });

  test('and at once for an invoice that becomes known later', () => {
    expect(debtsOf(vip().given(at(midnight, invoiced(500))), midnight)).toEqual([500]);
  });
});

describe('several', () => {
  test('of one due date are one decision, in the order in which they became known', () => {
    vip()
      .given(invoiced(500, { invoiceId: 'i-2' }), invoiced(300), paid(200))
      .when(later)
      .then(
        graceGranted('i-2', { outstanding: 300 }).because({ cause: { due: 'grace', at: '2026-08-25T17:00:00Z' } }),
        graceGranted('i-1', { outstanding: 300 }),
      );
  });

  test('of several due dates come each with its own', () => {
    vip()
      .given(invoiced(500), invoiced(300, { invoiceId: 'i-2', dueOn: '2026-08-12' }))
      .when(later)
      .then(
        graceGranted('i-2', { until: '2026-08-17' }).at('2026-08-13T00:00+07:00'),
        graceGranted('i-1', { until: '2026-08-30' }).at(midnight),
      );
  });

  test('and each is granted once, however often ticks come', () => {
    const hourly = Array.from({ length: 60 }, (_, n) =>
      at(formatInstant(instant('2026-08-24T23:30+07:00') + n * hourMs), ticked()),
    );
    vip()
      .given(invoiced(500))
      .when(...hourly)
      .then(graceGranted('i-1'));
  });
});

describe('who is not open hears nothing', () => {
  test.each([
    { event: closed(), why: 'closed' },
    { event: erased(), why: 'erased' },
  ])('$why', ({ event }) => {
    vip().given(invoiced(500), event).when(later).then();
  });
});

test('grace is a cause: what an activation has left to be told is told with it, before it and after it', () => {
  const floored = granting(undefined, { version: 2, lists: { ...lists, guests: { floor: 'gold' } } });
  scenario(granting())
    .given(opened({ tier: 'vip' }), listed('guests'), invoiced(500), activated(floored))
    .when(at(midnight, ticked()))
    .then(tierUpgraded('gold'), graceGranted('i-1'), standing({ tier: 'gold' }));
});

test('a charge that is corrected moves no due date', () => {
  vip().given(invoiced(500), charged(5), adjusted(-5, '2026-08-10T08:00+07:00')).when(later).then(graceGranted('i-1'));
});
