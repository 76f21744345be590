import { dayMs, formatInstant, readText } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import { activated, charged, consented, erased, instant, reported, requested } from '../testing/events.ts';
import { allowed, duplicate, refused } from '../testing/expectations.ts';
import { openPartition } from '../testing/partition.ts';
import { policy } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';
import { fingerprintChars } from './fingerprints.ts';

describe('the same event, written otherwise, is the same', () => {
  const line = (data: string, time = '2026-08-10T02:00:00Z', type = 'alo.usage.charged.v1') =>
    `{"specversion":"1.0","id":"c-1","source":"/billing","type":"${type}","subject":"s-17","time":"${time}","data":${data}}`;
  const data = '{"amount":5,"currency":"VND","service":"voice","x":{"a":1,"b":[1,2]}}';

  test.each([
    { again: line(data), outcome: 'duplicate', why: 'as it was' },
    {
      again: line('{"x":{"b":[1,2],"a":1},"service":"voice","currency":"VND","amount":5}'),
      outcome: 'duplicate',
      why: 'the order of keys means nothing',
    },
    { again: line(data.replace(':5,', ':5.0,')), outcome: 'duplicate', why: '5.0 is 5' },
    { again: line(data.replace(':5,', ':0.5e1,')), outcome: 'duplicate', why: 'as is 0.5e1' },
    { again: line(data.replace('voice', 'voic\\u0065')), outcome: 'duplicate', why: 'an escape is what it stands for' },
    { again: line(data.replaceAll(':', ' : ')), outcome: 'duplicate', why: 'white space means nothing' },
    { again: line(data, '2026-08-10T09:00:00+07:00'), outcome: 'duplicate', why: 'the same instant in another zone' },
    { again: line(data, '2026-08-10T02:00:00.0001Z'), outcome: 'duplicate', why: 'finer than a millisecond' },
    { again: line(data, '2026-08-10T02:00:00.001Z'), outcome: 'refused', why: 'but a millisecond is another time' },
    { again: line(data.replace('[1,2]', '[2,1]')), outcome: 'refused', why: 'the order of a list means something' },
    { again: line(data.replace('"a":1', '"a":null')), outcome: 'refused', why: 'a field that alo ignores is content' },
    { again: line(data, undefined, 'alo.subscriber.closed.v1'), outcome: 'refused', why: 'another type' },
    { again: line(data).replace('"c-1"', '"c-2"'), outcome: 'taken', why: 'another id' },
    { again: line(data).replace('/billing', '/roaming'), outcome: 'taken', why: 'another source' },
    { again: line(data).replace('s-17', 's-18'), outcome: 'taken', why: 'another subscriber' },
  ])('$outcome: $why', ({ again, outcome }) => {
    const partition = openPartition();
    const take = (text: string) =>
      partition.take({ incoming: readText(text), appendedAt: instant('2026-08-10T09:00+07:00'), ahead: false });
    take(JSON.stringify(activated(policy()).wire({ id: 'p-1', at: instant('2026-08-10T09:00+07:00') })));
    expect(take(line(data)).outcome.kind).toBe('taken');
    expect(take(again).outcome.kind).toBe(outcome);
  });

  test('source and id are not run together', () => {
    scenario().given(charged(5).from('/a').named('bc')).when(charged(6).from('/ab').named('c')).then();
  });
});

describe('other content under a known id', () => {
  const first = charged(5).named('c-1').occurred('2026-08-09T00:00+07:00');
  test.each([
    { occurred: '2026-08-09T23:59:59.999+07:00', told: [refused('CONFLICT')], why: 'on the same civil day' },
    { occurred: '2026-08-10T00:00+07:00', told: [], why: 'after local midnight it is another event' },
    { occurred: '2026-08-08T23:59:59.999+07:00', told: [], why: 'and before local midnight too' },
  ])('of $occurred: $why', ({ occurred, told }) => {
    scenario()
      .given(first)
      .when(charged(6).named('c-1').occurred(occurred))
      .then(...told);
  });

  test('stays a CONFLICT, and the first content a duplicate', () => {
    const other = charged(6).named('c-1').occurred('2026-08-09T00:00+07:00');
    scenario().given(first).when(other, other, first).then(refused('CONFLICT'), refused('CONFLICT'), duplicate());
  });
});

describe('an event counts once for as long as it is not LATE', () => {
  const everyDay = (days: number) =>
    Array.from({ length: days }, (_, n) => {
      const time = formatInstant(instant('2026-08-10T09:00+07:00') + n * dayMs);
      return at(time, charged(1), reported(), consented(n % 2 === 0));
    });

  test.each([
    { lateness: 'P38D', again: '2026-09-17T09:00+07:00', told: duplicate(), why: 'exactly the longest lateness' },
    { lateness: 'P38D', again: '2026-09-17T09:00:00.001+07:00', told: refused('LATE'), why: 'a millisecond later' },
    { lateness: 'PT1H', again: '2026-08-10T10:00+07:00', told: duplicate(), why: 'exactly an hour' },
    { lateness: 'PT1H', again: '2026-08-10T10:00:00.001+07:00', told: refused('LATE'), why: 'a millisecond later' },
  ])('a charge, again at $again: $why', ({ lateness, again, told }) => {
    const first = charged(5).named('c-1').occurred('2026-08-10T09:00+07:00');
    const days = lateness === 'P38D' ? 39 : 0;
    scenario(policy({ lateness }))
      .given(first, ...everyDay(days))
      .when(at(again, first))
      .then(told);
  });

  test('though 38 days of 24 hours may end on the 39th civil day after', () => {
    const pounds = { currency: 'GBP' };
    const first = charged(5, pounds).named('c-1').occurred('2026-02-28T23:30Z');
    scenario(policy({ zone: 'Europe/London', currency: 'GBP', lateness: 'P38D' }))
      .given(at('2026-02-28T23:30Z', first))
      .when(at('2026-04-07T23:30Z', charged(1, pounds), first))
      .then(duplicate());
  });

  test.each([
    { again: '2028-08-31T23:59:59.999+07:00', told: duplicate(), why: '24 civil months later' },
    { again: '2028-09-01T00:00+07:00', told: refused('LATE'), why: 'local midnight starts the 25th' },
  ])('a profile, again at $again: $why', ({ again, told }) => {
    const first = consented(true).named('u-1').occurred('2026-08-01T00:00+07:00');
    scenario()
      .given(first, ...everyDay(60), at('2028-08-15T00:00+07:00', consented(false), charged(1)))
      .when(at(again, first))
      .then(told);
  });

  test('even where an activation makes the lateness longer', () => {
    const first = charged(5).named('c-1');
    scenario(policy({ lateness: 'P1D' }))
      .given(first, at('2026-08-30T09:00+07:00', charged(1), activated(policy({ version: 2, lateness: 'P38D' }))))
      .when(first.occurred('2026-08-10T09:00+07:00'))
      .then(duplicate());
  });

  test('its id may come again when it is late, for another event', () => {
    scenario()
      .given(charged(5).named('c-1'))
      .when(at('2026-09-20T09:00+07:00', charged(6).named('c-1'), charged(6).named('c-1')))
      .then(duplicate());
  });

  test('but erasure forgets all ids: a repeated request is answered again', () => {
    const story = scenario().given(requested().named('r-1'), erased());
    story.when(requested().named('r-1'), requested().named('r-1')).then(allowed('closed'), allowed('closed'));
  });
});

test('fingerprints take 14 bytes each, and those of usage are gone when they are late', () => {
  const story = scenario().given(charged(1), charged(1), consented(true));
  const sizes = () => [story.partition.state('s-17')?.recent.length, story.partition.state('s-17')?.lasting.length];
  expect(sizes()).toEqual([2 * fingerprintChars, fingerprintChars]);
  story.given(at('2026-09-20T09:00+07:00', charged(1))).given(at('2026-09-21T09:00+07:00', charged(1)));
  expect(sizes()).toEqual([2 * fingerprintChars, fingerprintChars]);
});
