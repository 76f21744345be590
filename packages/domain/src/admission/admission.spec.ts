import { describe, expect, test } from '@jest/globals';
import {
  acknowledged,
  activated,
  adjusted,
  billed,
  charged,
  consented,
  delisted,
  erased,
  type Happening,
  invoiced,
  listed,
  opened,
  paid,
  reported,
  requested,
  reversed,
  ticked,
  updated,
} from '../testing/events.ts';
import { allowed, duplicate, refused } from '../testing/expectations.ts';
import { policy } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

const operator = policy({ lists: { official: {} }, lateness: 'P35D', futureTolerance: 'PT15M' });

describe('an event with several faults is refused for the first', () => {
  const known = charged(5).named('c-1');
  const dollars = { currency: 'USD' };
  const nextYear = '2027-08-10T09:00+07:00';
  const lastYear = '2025-08-10T09:00+07:00';
  const story = () => scenario(operator).given(known, listed('official').named('l-1'), erased().by('gone'));

  test.each<{ event: Happening; code: Parameters<typeof refused>[0]; why: string }>([
    { event: charged(0).but({ id: undefined, type: 'x' }), code: 'SCHEMA', why: 'the envelope comes before the type' },
    { event: charged(0).but({ type: 'x' }), code: 'UNKNOWN', why: 'the type comes before the data' },
    { event: charged(0, dollars).occurred(nextYear), code: 'SCHEMA', why: 'the data comes before the currency' },
    { event: charged(5, dollars).occurred(nextYear), code: 'CURRENCY', why: 'the currency comes before the clock' },
    { event: charged(5, dollars).by('gone'), code: 'CURRENCY', why: 'the currency comes before the state' },
    { event: charged(6).named('c-1').occurred(nextYear), code: 'CLOCK', why: 'the clock comes before a conflict' },
    { event: adjusted(5, nextYear).occurred(lastYear), code: 'CLOCK', why: 'the clock comes before lateness' },
    { event: charged(5).occurred(lastYear).by('gone'), code: 'LATE', why: 'lateness comes before the state' },
    { event: listed('nowhere').named('c-1'), code: 'CONFLICT', why: 'a conflict comes before a reference' },
    { event: opened().named('c-1'), code: 'CONFLICT', why: 'a conflict comes before the state' },
    { event: opened({ tier: 'nowhere' }), code: 'REFERENCE', why: 'a reference comes before the state' },
    { event: listed('nowhere').by('gone'), code: 'REFERENCE', why: 'a reference comes before erasure' },
    { event: opened(), code: 'STATE', why: 'the state comes last' },
  ])('$code: $why', ({ event, code }) => {
    story().when(event).then(refused(code));
  });

  test('and what is known already is passed over before it is asked what it refers to', () => {
    story()
      .given(activated({ ...operator, version: 2, lists: {} }))
      .when(listed('official').named('l-1'))
      .then(duplicate());
  });
});

describe('CURRENCY: all that is charged, invoiced and paid is in the currency of the policy', () => {
  const currency = 'USD';
  test.each([
    { event: charged(5, { currency }), why: 'a charge' },
    { event: adjusted(5, '2026-08-10T08:00+07:00', { currency }), why: 'an adjustment' },
    { event: invoiced(5, { currency }), why: 'an invoice' },
    { event: billed(5, { currency }), why: "an invoice's adjustment" },
    { event: paid(5, { currency }), why: 'a payment' },
    { event: reversed(5, { currency }), why: "a payment's reversal" },
  ])('$why', ({ event }) => {
    scenario(operator).when(event).then(refused('CURRENCY'));
  });

  test.each([
    { event: requested({ debt: { amount: 5, currency } }), told: [allowed('not-protected')], why: 'of a request' },
    { event: opened({ debt: { amount: 5, currency } }), told: [], why: 'of opening balances' },
  ])('but a debt in another names none: $why', ({ event, told }) => {
    scenario(operator)
      .when(event)
      .then(...told);
  });
});

describe('CLOCK', () => {
  test.each([
    { occurred: '2026-08-10T09:15+07:00', told: [], why: 'exactly the tolerance past now' },
    { occurred: '2026-08-10T09:15:00.001+07:00', told: [refused('CLOCK')], why: 'a millisecond more' },
  ])('occurred $occurred: $why', ({ occurred, told }) => {
    const events = [charged(5), listed('official'), reported(), ticked(), activated({ ...operator, version: 2 })];
    for (const event of events) {
      scenario(operator)
        .when(event.occurred(occurred))
        .then(...told);
    }
  });

  test.each([
    { futureTolerance: 'PT0S', occurred: '2026-08-10T09:00+07:00', told: [], why: 'now is not past now' },
    {
      futureTolerance: 'PT0S',
      occurred: '2026-08-10T09:00:00.001+07:00',
      told: [refused('CLOCK')],
      why: 'no tolerance',
    },
    { futureTolerance: 'P1D', occurred: '2026-08-11T09:00+07:00', told: [], why: 'a day of it' },
  ])('with a tolerance of $futureTolerance, $occurred: $why', ({ futureTolerance, occurred, told }) => {
    scenario({ ...operator, futureTolerance })
      .when(charged(5).occurred(occurred))
      .then(...told);
  });

  test.each([
    { appliesTo: '2026-08-10T09:05+07:00', told: [], why: 'exactly when it occurred' },
    { appliesTo: '2026-08-10T09:05:00.001+07:00', told: [refused('CLOCK')], why: 'a millisecond later' },
  ])('an adjustment that occurred 09:05 and applies to $appliesTo: $why', ({ appliesTo, told }) => {
    scenario(operator)
      .when(adjusted(5, appliesTo).occurred('2026-08-10T09:05+07:00'))
      .then(...told);
  });
});

describe('LATE', () => {
  const now = '2026-08-10T09:00+07:00';
  test.each([
    { event: charged(5), why: 'a charge' },
    { event: adjusted(5, '2026-06-30T09:00+07:00'), why: 'an adjustment' },
    { event: reported(), why: 'a report of quality' },
  ])('is what is measured and occurred more than the lateness before now: $why', ({ event }) => {
    scenario(operator)
      .when(at(now, event.occurred('2026-07-06T09:00+07:00')))
      .then();
    scenario(operator)
      .when(at(now, event.occurred('2026-07-06T08:59:59.999+07:00')))
      .then(refused('LATE'));
  });

  test.each([
    { event: consented(true), why: 'a profile' },
    { event: listed('official'), why: 'a listing' },
    { event: delisted('official'), why: 'a delisting' },
    { event: paid(5), why: 'a payment' },
    { event: invoiced(5), why: 'an invoice' },
    { event: acknowledged('t-1'), why: 'an acknowledgement' },
    { event: opened(), why: 'opening balances' },
    { event: erased(), why: 'an erasure' },
    { event: ticked(), why: 'a tick' },
  ])('is all else that occurred more than 24 civil months back: $why', ({ event }) => {
    scenario(operator)
      .when(at(now, event.occurred('2024-08-01T00:00+07:00')))
      .then();
    scenario(operator)
      .when(at(now, event.occurred('2024-07-31T23:59:59.999+07:00')))
      .then(refused('LATE'));
  });

  test.each([
    { appliesTo: '2024-08-01T00:00+07:00', told: [], why: 'the first instant of 24 civil months back' },
    { appliesTo: '2024-07-31T23:59:59.999+07:00', told: [refused('LATE')], why: 'a millisecond before it' },
    { appliesTo: '0001-01-01T00:00+07:00', told: [refused('LATE')], why: 'two thousand years back' },
  ])('is an adjustment of $appliesTo: $why', ({ appliesTo, told }) => {
    scenario(operator)
      .when(at(now, adjusted(5, appliesTo)))
      .then(...told);
  });
});

describe('REFERENCE', () => {
  test.each([
    { event: listed('nowhere'), why: 'a list that does not exist' },
    { event: delisted('nowhere'), why: 'nor can one be delisted from it' },
    { event: listed('constructor'), why: 'what every object has is no list' },
    { event: opened({ tier: 'nowhere' }), why: 'a tier that does not exist' },
  ])('$why', ({ event }) => {
    scenario(operator).when(event).then(refused('REFERENCE'));
  });
});

describe('a suspension request that is well formed is never refused', () => {
  test.each([
    { event: requested().occurred('2036-08-10T09:00+07:00'), reason: 'not-protected' as const, why: 'ten years ahead' },
    {
      event: requested().occurred('1996-08-10T09:00+07:00'),
      reason: 'not-protected' as const,
      why: 'thirty years late',
    },
    {
      event: requested({ debt: { amount: 5, currency: 'USD' } }),
      reason: 'not-protected' as const,
      why: 'with a debt in another currency',
    },
    { event: requested().by('gone'), reason: 'closed' as const, why: 'after erasure' },
  ])('$why', ({ event, reason }) => {
    scenario(operator).given(erased().by('gone')).when(event).then(allowed(reason));
  });

  test('but as a CONFLICT', () => {
    scenario(operator)
      .given(requested().named('r-1'))
      .when(requested({ reason: 'fraud' }).named('r-1'))
      .then(refused('CONFLICT'));
  });

  test.each([
    { occurred: '2024-08-01T00:00+07:00', told: [refused('CONFLICT')], why: 'is known for 24 civil months' },
    {
      occurred: '2024-07-31T23:59+07:00',
      told: [allowed('not-protected')],
      why: 'is not known any more, whatever came in between',
    },
  ])('but its id $why', ({ occurred, told }) => {
    for (const between of [[], [updated()]]) {
      scenario()
        .given(requested().named('r-1').occurred(occurred), ...between)
        .when(requested({ requestId: 'r-2' }).named('r-1').occurred(occurred))
        .then(...told);
    }
  });

  test('and one that is not well formed is SCHEMA', () => {
    scenario(operator)
      .when(requested().but({ data: {} }))
      .then(refused('SCHEMA'));
  });
});

describe('a refusal', () => {
  test('leaves no id behind and changes no state', () => {
    const story = scenario(operator).given(charged(5));
    const state = story.partition.state('s-17');
    story
      .when(charged(7, { currency: 'USD' }).named('c-1'), charged(7).named('c-1').occurred('2026-08-11T09:00+07:00'))
      .then(refused('CURRENCY'), refused('CLOCK'));
    expect(story.partition.state('s-17')).toBe(state);
    story.when(charged(8).named('c-1')).then();
  });

  test('of an unknown subscriber leaves none', () => {
    const story = scenario(operator);
    story.when(charged(5, { currency: 'USD' })).then(refused('CURRENCY'));
    expect(story.partition.subscribers()).toEqual([]);
  });

  test('says in a sentence what would be right and what stands there', () => {
    expect(
      scenario(operator).when(charged(5).occurred('2026-08-10T10:00+07:00'), updated({ kind: 'x' as never })).told,
    ).toEqual([
      {
        name: 'refusal',
        code: 'CLOCK',
        message: 'time is more than PT15M past now (2026-08-10T02:00:00Z): 2026-08-10T03:00:00Z',
      },
      { name: 'refusal', code: 'SCHEMA', message: 'data.kind must be "person" or "organisation": "x"' },
    ]);
  });
});
