import { type AloEvent, readEvent, sumMinorMax } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import { type ActivePolicy, activatePolicy } from '../active-policy.ts';
import { parseMonth } from '../calendar/civil-date.ts';
import { unknownSubscriber } from '../state.ts';
import {
  acknowledged,
  adjusted,
  charged,
  closed,
  erased,
  type Happening,
  instant,
  listed,
  opened,
} from '../testing/events.ts';
import { refused } from '../testing/expectations.ts';
import { policy } from '../testing/policies.ts';
import { scenario } from '../testing/scenario.ts';
import { impossibleNow } from './state-refusals.ts';

describe('opening balances come first or not at all', () => {
  test.each([
    { before: [], told: [], why: 'first' },
    { before: [opened()], told: [refused('STATE')], why: 'opened twice' },
    { before: [charged(1)], told: [refused('STATE')], why: 'after a charge' },
    { before: [closed()], told: [refused('STATE')], why: 'after a closing' },
    { before: [charged(1).by('s-2')], told: [], why: "after another's charge" },
  ])('$why', ({ before, told }) => {
    scenario()
      .given(...before)
      .when(opened({ days: { '2026-08-01': 5 } }))
      .then(...told);
  });

  test('and a refusal before them does not count', () => {
    scenario()
      .when(charged(1, { currency: 'USD' }), opened())
      .then(refused('CURRENCY'));
  });
});

describe('after erasure nothing is taken any more', () => {
  test.each([
    { event: charged(1), why: 'no charge' },
    { event: charged(1).occurred('2026-08-09T09:00+07:00'), why: 'no late charge' },
    { event: listed('official'), why: 'no listing' },
    { event: opened(), why: 'no opening' },
    { event: acknowledged('t-1'), why: 'no acknowledgement' },
    { event: closed(), why: 'no closing' },
    { event: erased(), why: 'no erasure' },
  ])('$why', ({ event }) => {
    scenario(policy({ lists: { official: {} } }))
      .given(erased())
      .when(event)
      .then(refused('STATE'));
  });
});

const vietnam = (activatePolicy(policy()) as { policy: ActivePolicy }).policy;
const eventOf = (happening: Happening): AloEvent => {
  const incoming = readEvent(happening.wire({ id: 'e-1', at: instant('2026-08-10T09:00+07:00') }));
  if (incoming.kind !== 'event') throw new Error('not an event');
  return incoming.event;
};

describe('a month takes another amount while its sum is exact', () => {
  const ofJuly = adjusted(-5, '2026-07-10T09:00+07:00');
  test.each([
    { sum: sumMinorMax, event: charged(5), code: undefined, why: 'exactly the most' },
    { sum: sumMinorMax + 1, event: charged(5), code: 'STATE', why: 'one more' },
    { sum: -sumMinorMax, event: charged(5), code: undefined, why: 'exactly the least' },
    { sum: -sumMinorMax - 1, event: charged(5), code: 'STATE', why: 'one less' },
    { sum: sumMinorMax + 1, event: ofJuly, code: undefined, why: 'another month has room' },
  ])('$sum: $why', ({ sum, event, code }) => {
    const state = { ...unknownSubscriber, months: [parseMonth('2026-08'), sum] };
    expect(impossibleNow(eventOf(event), state, vietnam, instant('2026-08-10T09:00+07:00'))?.code).toBe(code);
  });
});
