import { hourMs } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import {
  activated,
  billed,
  charged,
  closed,
  erased,
  invoiced,
  listed,
  opened,
  paid,
  requested,
  reversed,
  ticked,
} from '../testing/events.ts';
import {
  graceGranted,
  reminderDue,
  skipExpired,
  standing,
  tierDowngraded,
  tierUpgraded,
} from '../testing/expectations.ts';
import { policy } from '../testing/policies.ts';
import { at, scenario, tickingEvery } from '../testing/scenario.ts';

const lists = { official: { floor: 'vip' } };
const reminding = (suspension: object = {}, parts: object = {}) =>
  policy({ lists, suspension: { remind: ['-P3D', 'P1D'], ...suspension }, ...parts });
const before = '2026-08-22T09:00+07:00';
const after = '2026-08-26T09:00+07:00';
const later = at('2027-06-01T00:00+07:00', ticked());

describe('a reminder comes so many civil days before or after the due date, at remindAt', () => {
  test.each([
    { now: '2026-08-22T08:59:59.999+07:00', told: [], why: 'a millisecond before' },
    { now: before, told: [reminderDue('i-1').at(before)], why: 'exactly then' },
    { now: '2026-08-26T08:59:59.999+07:00', told: [reminderDue('i-1').at(before)], why: 'before the second' },
    { now: after, told: [reminderDue('i-1').at(before), reminderDue('i-1').at(after)], why: 'exactly the second' },
  ])('now $now: $why', ({ now, told }) => {
    scenario(reminding())
      .given(invoiced(500))
      .when(at(now, ticked()))
      .then(...told);
  });

  test.each([
    { remind: 'P0D', dueOn: '2026-08-25', day: '2026-08-25', why: 'the due date itself' },
    { remind: '-P0D', dueOn: '2026-08-25', day: '2026-08-25', why: 'nothing before it is the same' },
    { remind: 'P1W', dueOn: '2026-08-25', day: '2026-09-01', why: 'a week, over the end of a month' },
    { remind: '-P3D', dueOn: '2027-01-02', day: '2026-12-30', why: 'over the end of a year' },
    { remind: '-P1D', dueOn: '2028-03-01', day: '2028-02-29', why: 'onto 29 February' },
    { remind: '-P1D', dueOn: '2027-03-01', day: '2027-02-28', why: 'over a February without one' },
  ])('$remind of $dueOn is $day: $why', ({ remind, dueOn, day }) => {
    scenario(reminding({ remind: [remind], remindAt: '07:30' }))
      .given(invoiced(500, { dueOn }))
      .when(at('2028-06-01T00:00+07:00', ticked()))
      .then(reminderDue('i-1', { dueOn }).at(`${day}T07:30+07:00`).withId(`payment-reminder.due/s-17/i-1/${remind}`));
  });

  test.each([
    {
      remindAt: '01:30',
      on: '2026-03-29',
      time: '2026-03-29T02:30+01:00',
      why: 'a time that is skipped moves forward',
    },
    { remindAt: '01:30', on: '2026-10-25', time: '2026-10-25T01:30+01:00', why: 'one that is repeated is the first' },
    { remindAt: '09:00', on: '2026-10-25', time: '2026-10-25T09:00+00:00', why: 'after the change' },
  ])('in London at $remindAt on $on: $why', ({ remindAt, on, time }) => {
    scenario(reminding({ remind: ['P0D'], remindAt }, { zone: 'Europe/London' }))
      .given(at('2026-03-01T00:00Z', invoiced(500, { dueOn: on })))
      .when(later)
      .then(reminderDue('i-1').at(time));
  });

  test('and none comes where the policy has none', () => {
    const story = scenario(reminding({ remind: [] })).given(invoiced(500));
    expect(story.partition.dueAt('s-17')).toBeUndefined();
    story.when(later).then();
  });
});

test('a reminder says how much is unpaid, and expires with its own day', () => {
  const told = scenario(reminding({ remind: ['P1D'], remindAt: '23:59' }))
    .given(invoiced(500), paid(100))
    .when(later).told;
  expect(told[0]).toMatchObject({
    id: 'payment-reminder.due/s-17/i-1/P1D',
    time: '2026-08-26T16:59:00Z',
    expirytime: '2026-08-26T17:00:00Z',
  });
  expect(told[0]?.data).toEqual({
    invoiceId: 'i-1',
    dueOn: '2026-08-25',
    outstanding: 400,
    because: { rule: 'suspension', policy: expect.anything(), cause: { due: 'reminder', at: '2026-08-26T16:59:00Z' } },
  });
});

describe('while any of that invoice is unpaid', () => {
  const both = [reminderDue('i-1'), reminderDue('i-1')];
  test.each([
    { events: [paid(499)], told: [reminderDue('i-1', { outstanding: 1 }), reminderDue('i-1')], why: 'one is unpaid' },
    { events: [paid(500)], told: [], why: 'all is paid' },
    { events: [paid(500, { invoiceId: 'i-9' })], told: [], why: 'paid in the name of another' },
    { events: [billed(-500)], told: [], why: 'adjusted to nothing' },
    { events: [at(before, ticked()), paid(500)], told: [], why: 'paid after the first' },
    { events: [paid(500), at('2026-08-23T00:00+07:00', reversed(1))], told: both.slice(1), why: 'unpaid again later' },
    { events: [], told: both, why: 'nothing is paid' },
  ])('$why', ({ events, told }) => {
    scenario(reminding())
      .given(invoiced(500), ...events)
      .when(later)
      .then(...told);
  });

  test('an invoice of nothing is never reminded of', () => {
    scenario(reminding()).given(invoiced(0)).when(later).then();
  });

  test('an opening debt is settled first, and has no reminder of its own', () => {
    scenario(reminding({ remind: ['P1D'] }))
      .given(opened({ debt: { amount: 300, currency: 'VND' } }), invoiced(500), paid(400))
      .when(later)
      .then(reminderDue('i-1', { outstanding: 400 }));
  });

  test('a payment settles the oldest due date first, whatever invoice it names and whatever came first', () => {
    scenario(reminding({ remind: ['P1D'] }))
      .given(invoiced(500), invoiced(300, { invoiceId: 'i-0', dueOn: '2026-08-24' }), paid(350, { invoiceId: 'i-1' }))
      .when(later)
      .then(reminderDue('i-1', { outstanding: 450 }));
  });

  test('of one due date the one that became known first', () => {
    scenario(reminding({ remind: ['P1D'] }))
      .given(invoiced(500), invoiced(300, { invoiceId: 'i-0' }), paid(500))
      .when(later)
      .then(reminderDue('i-0', { outstanding: 300 }));
  });

  test('what an adjustment takes from an invoice below nothing is credit for the others', () => {
    scenario(reminding({ remind: ['P1D'] }))
      .given(invoiced(500), invoiced(300, { invoiceId: 'i-2', dueOn: '2026-09-25' }), billed(-700))
      .when(later)
      .then(reminderDue('i-2', { outstanding: 100 }));
  });
});

describe('remindMinTier', () => {
  const vips = reminding({ remind: ['P1D'], remindMinTier: 'vip' });
  test.each([
    { tier: 'base', told: [], why: 'below' },
    { tier: 'vip', told: [reminderDue('i-1')], why: 'exactly it' },
    { tier: 'gold', told: [reminderDue('i-1')], why: 'above' },
  ])('$tier: $why', ({ tier, told }) => {
    scenario(vips)
      .given(opened({ tier }), invoiced(500))
      .when(later)
      .then(...told);
  });

  test('is asked when it is due: whoever has come to it by then is reminded', () => {
    scenario(vips)
      .given(invoiced(500), at('2026-08-26T08:59+07:00', charged(1_000_000)))
      .when(later)
      .then(reminderDue('i-1'));
  });

  test('and whoever comes to it with the first event after is not', () => {
    scenario(vips)
      .given(invoiced(500))
      .when(at(after, charged(1_000_000)), later)
      .then(tierUpgraded('vip'));
  });

  test.each([
    { from: '2026-08-01T00:00+07:00', to: after, told: [tierDowngraded('base')], why: 'a listing that ends then' },
    {
      from: after,
      to: '2026-08-27T00:00+07:00',
      told: [tierUpgraded('vip'), reminderDue('i-1')],
      why: 'a listing that begins then',
    },
  ])('$why has spoken before', ({ from, to, told }) => {
    scenario(vips)
      .given(listed('official', from, to), invoiced(500), at('2026-08-26T08:00+07:00', ticked()))
      .when(at(after, ticked()))
      .then(...told);
  });
});

describe('once each', () => {
  test('however often ticks come', () => {
    scenario(reminding())
      .given(invoiced(500))
      .when(tickingEvery(hourMs, '2026-09-01T00:00+07:00'))
      .then(reminderDue('i-1'), reminderDue('i-1'));
  });

  test('though a new policy moves the time of day', () => {
    scenario(reminding({ remind: ['P1D'] }))
      .given(invoiced(500))
      .when(at(after, activated(reminding({ remind: ['P1D'], remindAt: '10:00' }, { version: 2 }))), later)
      .then(reminderDue('i-1').at(after));
  });

  test('though a new policy writes the days otherwise', () => {
    const weeks = reminding({ remind: ['P1W'], remindAt: '10:00' }, { version: 2 });
    scenario(reminding({ remind: ['P7D'] }))
      .given(invoiced(500))
      .when(at('2026-09-01T09:30+07:00', activated(weeks)), later)
      .then(reminderDue('i-1').withId('payment-reminder.due/s-17/i-1/P7D'));
  });

  test('and those that a new policy adds come too, where they are not past', () => {
    scenario(reminding({ remind: ['P1D'] }))
      .given(invoiced(500))
      .when(at(after, activated(reminding({ remind: ['P1D', '-P1D', 'P2D'] }, { version: 2 }))), later)
      .then(reminderDue('i-1').at(after), reminderDue('i-1').at('2026-08-27T09:00+07:00'));
  });
});

describe('what was past, or exactly now, when the invoice became known is not due', () => {
  test.each([
    { now: '2026-08-22T08:59:59.999+07:00', told: [reminderDue('i-1'), reminderDue('i-1')], why: 'just before' },
    { now: before, told: [reminderDue('i-1').at(after)], why: 'exactly then' },
    { now: after, told: [], why: 'exactly at the last' },
    { now: '2026-10-01T00:00+07:00', told: [], why: 'long after' },
  ])('$now: $why', ({ now, told }) => {
    scenario(reminding())
      .when(at(now, invoiced(500)), later)
      .then(...told);
  });
});

describe('grace moves no reminder: they stand around the due date of the invoice', () => {
  test('and the one after it comes while grace runs', () => {
    scenario(reminding({ grace: [{ minTier: 'vip', days: 10 }] }))
      .given(opened({ tier: 'vip' }), invoiced(500))
      .when(later)
      .then(
        reminderDue('i-1', { dueOn: '2026-08-25' }).at(before),
        graceGranted('i-1', { until: '2026-09-04' }),
        reminderDue('i-1', { dueOn: '2026-08-25' }).at(after),
      );
  });

  test('one that is to follow the new date names the days of both', () => {
    scenario(reminding({ grace: [{ minTier: 'vip', days: 10 }], remind: ['P11D'] }))
      .given(opened({ tier: 'vip' }), invoiced(500))
      .when(later)
      .then(graceGranted('i-1'), reminderDue('i-1').at('2026-09-05T09:00+07:00'));
  });
});

describe('what falls due at one instant', () => {
  test('of one kind is one decision, the oldest due date first', () => {
    scenario(reminding())
      .given(
        invoiced(500),
        invoiced(300, { invoiceId: 'i-0', dueOn: '2026-08-21' }),
        at('2026-08-20T00:00+07:00', ticked()),
      )
      .when(at(before, ticked()))
      .then(
        reminderDue('i-0')
          .withId('payment-reminder.due/s-17/i-0/P1D')
          .because({ cause: { due: 'reminder' } }),
        reminderDue('i-1')
          .withId('payment-reminder.due/s-17/i-1/-P3D')
          .because({ cause: { due: 'reminder' } }),
      );
  });

  test('of several kinds comes in their order: grace, reminder, skip expiry', () => {
    const all = reminding({
      remind: ['P1D'],
      remindAt: '00:00',
      grace: [{ minTier: 'vip', days: 1 }],
      protect: [{ minTier: 'vip', skipDays: 1 }],
    });
    scenario(all)
      .given(opened({ tier: 'vip' }), invoiced(500))
      .given(at('2026-08-25T00:00+07:00', requested({ debt: { amount: 5, currency: 'VND' } })))
      .when(later)
      .then(
        graceGranted('i-1').because({ cause: { due: 'grace' } }),
        reminderDue('i-1').because({ cause: { due: 'reminder' } }),
        skipExpired('r-1').because({ cause: { due: 'skip-expiry' } }),
        standing({ protected: true }).because({ cause: { due: 'skip-expiry' } }),
      );
  });
});

describe('who is not open is not reminded', () => {
  test.each([
    { event: closed(), why: 'closed' },
    { event: erased(), why: 'erased' },
  ])('$why', ({ event }) => {
    scenario(reminding()).given(invoiced(500), event).when(later).then();
  });
});
