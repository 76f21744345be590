import { createHash } from 'node:crypto';
import { formatInstant, secondMs } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { activated, charged, instant, ticked, updated } from '../testing/events.ts';
import { greetingDue } from '../testing/expectations.ts';
import { birthday, nationalDay, policy } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

/** Only cards, so that spend does not matter. */
const card = (parts: object) => nationalDay({ gift: undefined, ...parts });
const programme = (...occasions: readonly object[]) => policy({ occasions });

const start = '2026-01-05T09:00+07:00';
const far = '2029-01-01T00:00+07:00';

/** All cards of a subscriber until 2029: when each was due, and for which day. */
const cardsOf = (rules: object, profile: Parameters<typeof updated>[0] = {}): string[] =>
  scenario(rules)
    .given(at(start, updated(profile)))
    .when(at(far, ticked()))
    .told.filter(({ name }) => name === 'greeting.due')
    .map(({ time, data }) => `${time} for ${(data as { occursOn: string }).occursOn}`);

describe('a card is due', () => {
  test.each([
    { parts: { on: '09-02' }, due: '2026-09-02T02:00:00Z for 2026-09-02', why: 'on the day, at the local time' },
    {
      parts: { on: '09-02', lead: 'P1D' },
      due: '2026-09-01T02:00:00Z for 2026-09-02',
      why: 'a day ahead, at that time',
    },
    { parts: { on: '01-10', lead: 'P4D' }, due: '2026-01-06T02:00:00Z for 2026-01-10', why: 'still to come' },
    { parts: { on: '01-10', lead: 'P5D' }, due: '2027-01-05T02:00:00Z for 2027-01-10', why: 'exactly now: not due' },
    { parts: { on: '01-10', lead: 'P6D' }, due: '2027-01-04T02:00:00Z for 2027-01-10', why: 'past: not due' },
    { parts: { on: '01-01', lead: 'P1D' }, due: '2026-12-31T02:00:00Z for 2027-01-01', why: 'in the year before' },
    { parts: { on: '01-01', sendAt: '00:00' }, due: '2026-12-31T17:00:00Z for 2027-01-01', why: 'local midnight' },
    { parts: { on: '03-01', lead: 'P2D' }, due: '2026-02-27T02:00:00Z for 2026-03-01', why: 'over the end of a month' },
    {
      parts: { on: '09-02', lead: 'P600D' },
      due: '2026-01-10T02:00:00Z for 2027-09-02',
      why: 'more than a year ahead',
    },
    { parts: { on: '02-29' }, due: '2026-02-28T02:00:00Z for 2026-02-28', why: 'a lost 29 February is the 28th' },
    {
      parts: { on: '02-29', feb29: 'mar1' },
      due: '2026-03-01T02:00:00Z for 2026-03-01',
      why: 'or 1 March where the policy says so',
    },
    {
      parts: { lunar: '01-01', on: undefined, lead: 'P7D' },
      due: '2026-02-10T02:00:00Z for 2026-02-17',
      why: 'Tết of 2026',
    },
    {
      parts: { kind: 'conference', on: '2028-12-12' },
      due: '2028-12-12T02:00:00Z for 2028-12-12',
      why: 'a conference years ahead',
    },
  ])('$why', ({ parts, due }) => {
    expect(cardsOf(programme(card(parts)))[0]).toBe(due);
  });

  test('every year', () => {
    expect(cardsOf(programme(card({ on: '09-02' }))).map((one) => one.slice(-10))).toEqual([
      '2026-09-02',
      '2027-09-02',
      '2028-09-02',
    ]);
  });

  test('at a conference once, in its year, however far ahead it becomes known', () => {
    scenario(programme(card({ id: 'meeting', kind: 'conference', on: '2028-12-12' })))
      .given(at(start, charged(1)))
      .when(at('2032-01-01T00:00+07:00', ticked()))
      .then(greetingDue('meeting').at('2028-12-12T09:00+07:00').withId('greeting.due/s-17/meeting/2028'));
  });

  test('in a lunar year that ends in the next civil one under its own year', () => {
    scenario(programme(card({ id: 'kitchen-gods', on: undefined, lunar: '12-23' })))
      .given(at('2026-03-01T00:00+07:00', charged(1)))
      .when(at('2027-02-01T00:00+07:00', ticked()))
      .then(greetingDue('kitchen-gods', { occursOn: '2027-01-30' }).withId('greeting.due/s-17/kitchen-gods/2026'));
  });
});

describe('birthdays are those of persons, and founding days those of organisations', () => {
  const both = programme(
    birthday(),
    birthday({ id: 'founding-day', kind: 'founding-day', feb29: undefined, sendAt: '10:00' }),
  );
  test.each([
    { profile: { kind: 'person', birthday: '05-04' }, due: ['2026-05-04T02:00:00Z'], why: 'a person' },
    { profile: { kind: 'organisation', foundingDay: '05-04' }, due: ['2026-05-04T03:00:00Z'], why: 'an organisation' },
    { profile: { kind: 'organisation', birthday: '05-04' }, due: [], why: 'an organisation has no birthday' },
    { profile: { kind: 'person', foundingDay: '05-04' }, due: [], why: 'a person was not founded' },
    { profile: { kind: 'person' }, due: [], why: 'whose day nobody knows' },
    { profile: { kind: 'organisation', foundingDay: '02-29' }, due: ['2026-02-28T03:00:00Z'], why: '29 February' },
  ] as const)('$why', ({ profile, due }) => {
    expect(cardsOf(both, profile).slice(0, 1)).toEqual(due.map((time) => expect.stringMatching(`^${time}`)));
  });
});

describe('the local time', () => {
  const inZone = (zone: string, parts: object) => cardsOf(policy({ zone, occasions: [card(parts)] }))[0]?.slice(0, 20);
  test.each([
    { zone: 'Europe/London', on: '03-29', sendAt: '01:30', due: '2026-03-29T01:30:00Z', why: 'skipped: moved forward' },
    { zone: 'Europe/London', on: '10-25', sendAt: '01:30', due: '2026-10-25T00:30:00Z', why: 'repeated: the first' },
    { zone: 'Asia/Kathmandu', on: '09-02', sendAt: '09:00', due: '2026-09-02T03:15:00Z', why: 'three quarters' },
    {
      zone: 'Europe/London',
      on: '03-30',
      sendAt: '09:00',
      lead: 'P1D',
      due: '2026-03-29T08:00:00Z',
      why: 'a lead over the day of a clock change counts civil days',
    },
  ])('$due: $why', ({ zone, due, why: _, ...parts }) => {
    expect(inZone(zone, parts)).toBe(due);
  });
});

/** Said anew, with other means: the first 8 bytes, big-endian, modulo the span. */
const offsetS = (occasion: string, subscriber: string, year: number, spanS: number): number => {
  const hex = createHash('sha256').update(`${occasion}/${subscriber}/${year}`).digest('hex').slice(0, 16);
  return Number(BigInt(`0x${hex}`) % BigInt(spanS));
};

describe('spread', () => {
  const spread = programme(card({ on: '09-02', sendAt: '09:00', spread: 'PT2H' }));

  test('moves each subscriber by the hash of what it is, whom it is for and the year', () => {
    const offset = offsetS('national-day', 's-17', 2026, 7200);
    expect(offset).toBeGreaterThan(0);
    expect(cardsOf(spread)[0]?.slice(0, 20)).toBe(formatInstant(instant('2026-09-02T09:00+07:00') + offset * secondMs));
  });

  test('sends nothing before its time or after the spread, and not all at once', () => {
    const subscribers = Array.from({ length: 60 }, (_, n) => `s-${n}`);
    const story = scenario(spread).given(at(start, ...subscribers.map((subject) => charged(1).by(subject))));
    const times = story
      .when(at(far, ticked()))
      .told.flatMap(({ name, time }) => (name === 'greeting.due' ? [time] : []));
    const of2026 = times.filter((time) => String(time).startsWith('2026'));
    expect(of2026).toHaveLength(60);
    expect(of2026).toEqual(of2026.toSorted());
    expect(new Set(of2026).size).toBeGreaterThan(55);
    expect(
      of2026.every((time) => String(time) >= '2026-09-02T02:00:00Z' && String(time) < '2026-09-02T04:00:00Z'),
    ).toBe(true);
  });

  test.each([
    { secondsAfter: -1, cards: 1, why: 'who becomes known a second before' },
    { secondsAfter: 0, cards: 0, why: 'not who becomes known at that very second' },
    { secondsAfter: 1, cards: 0, why: 'nor a second after, though others still wait' },
  ])('is each one’s own due instant: $why', ({ secondsAfter, cards }) => {
    const due = instant('2026-09-02T09:00+07:00') + offsetS('national-day', 's-17', 2026, 7200) * secondMs;
    const known = at(formatInstant(due + secondsAfter * secondMs), charged(1));
    const told = scenario(spread)
      .given(at('2026-08-01T00:00+07:00', charged(1).by('s-2')), known)
      .when(at('2026-09-03T00:00+07:00', ticked())).told;
    expect(told.filter(({ name, subscriber }) => name === 'greeting.due' && subscriber === 's-17')).toHaveLength(cards);
  });
});

test('ticks, however many, do not show', () => {
  const occasions = [card({ on: '09-02', spread: 'PT8H' }), birthday({ lead: 'P1D' })];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 * 24 * 30 }), { maxLength: 20 }), (minutes) => {
      const story = () =>
        scenario(policy({ occasions })).given(at('2026-08-20T00:00+07:00', updated({ birthday: '09-04' })));
      const from = instant('2026-08-20T00:00+07:00');
      const ticks = minutes.toSorted((a, b) => a - b).map((n) => at(formatInstant(from + n * 60_000), ticked()));
      const end = at('2026-09-20T00:00+07:00', ticked());
      expect(story().when(...ticks, end).told).toEqual(story().when(end).told);
    }),
    { numRuns: 30 },
  );
});

describe('an occasion that an activation', () => {
  const later = card({ id: 'later', on: '12-24' });
  const sooner = card({ id: 'sooner', on: '10-01' });
  const v2 = (...occasions: readonly object[]) => activated(policy({ version: 2, occasions }));
  const waiting = () => scenario(programme(later)).given(at('2026-09-01T00:00+07:00', charged(1)));

  test('adds reaches those who already wait for a later one', () => {
    waiting()
      .given(v2(later, sooner))
      .when(at('2026-12-31T00:00+07:00', ticked()))
      .then(
        greetingDue('sooner').because({ policy: { version: 2 }, cause: { due: 'occasion' } }),
        greetingDue('later'),
      );
  });

  test('takes away comes no more', () => {
    waiting().given(v2(sooner)).when(at('2026-12-31T00:00+07:00', ticked())).then(greetingDue('sooner'));
  });

  test.each([
    { now: '2026-10-01T08:59:59+07:00', told: [greetingDue('sooner')], why: 'a second before its time' },
    { now: '2026-10-01T09:00+07:00', told: [], why: 'not at its time' },
    { now: '2026-10-01T09:01+07:00', told: [], why: 'nor after' },
  ])('adds is due from the activation on: $why', ({ now, told }) => {
    waiting()
      .given(at(now, v2(sooner)))
      .when(at('2026-10-02T00:00+07:00', ticked()))
      .then(...told);
  });

  test('moves to another day comes once a year all the same', () => {
    waiting()
      .given(at('2026-12-25T00:00+07:00', v2(card({ id: 'later', on: '12-30' }))))
      .when(at('2027-01-31T00:00+07:00', ticked()))
      .then();
  });
});
