import { dayMs, formatInstant } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeHeader, encodeHeader } from './header-codec.ts';
import { type State, unknownSubscriber } from './state.ts';
import { decodeState, encodeState, stateCodec, stateVersion } from './state-codec.ts';
import { activated, charged, consented, instant, listed } from './testing/events.ts';
import { policy } from './testing/policies.ts';
import { at, scenario } from './testing/scenario.ts';
import { states } from './testing/states.ts';

describe('a state', () => {
  test('is read back as it was written', () => {
    fc.assert(fc.property(states, (state) => expect(decodeState(encodeState(state))).toEqual(state)));
  });

  test('is read back from a place in a larger page, and its rest is not held twice', () => {
    fc.assert(
      fc.property(states, states, fc.nat(99), (state, before, from) => {
        const charged: State = { ...before, days: state.days, recent: state.recent };
        const page = Buffer.alloc(from + stateCodec.hotBytesMax(charged) + 99, 0xff);
        const end = stateCodec.writeHot(charged, page, from);
        const rest = stateCodec.restOf(before, undefined);
        expect(end - from).toBeLessThanOrEqual(stateCodec.hotBytesMax(charged));
        expect(stateCodec.restOf(charged, rest)).toBe(rest);
        expect(stateCodec.thaw(page, from, end, rest)).toEqual(charged);
      }),
    );
  });

  test('gives the same bytes each time, and after it was read back', () => {
    fc.assert(
      fc.property(states, (state) => {
        const bytes = encodeState(state);
        expect(encodeState(state).equals(bytes)).toBe(true);
        expect(encodeState(decodeState(bytes)).equals(bytes)).toBe(true);
      }),
    );
  });

  test('that is cut short is not read', () => {
    fc.assert(
      fc.property(states, fc.nat(), (state, n) => {
        const { days, months, recent, lasting } = state;
        const bytes = encodeState({ ...unknownSubscriber, days, months, recent, lasting });
        expect(() => decodeState(bytes.subarray(0, n % bytes.length))).toThrow();
      }),
    );
  });

  test.each([
    { bytes: [stateVersion + 1, 0, 0, 0, 0], says: 'its version is 3, this alo reads 2', why: 'another version' },
    { bytes: [], says: 'its version is undefined', why: 'nothing' },
    { bytes: [stateVersion, 9, 0, 0, 0, 0], says: 'a length is longer than the rest', why: 'more than there is' },
    { bytes: [stateVersion, 1, 0, 0, 0, 0x80], says: 'it ends too early', why: 'half a number' },
    { bytes: [stateVersion, 5, 0, 0, 0, 0, 0, 0, 0, 1], says: 'its lengths do not add up', why: 'a byte too many' },
    { bytes: [stateVersion, 6, 0, 0, 0, 0, 0, 4, 0, 1, 2], says: 'a fingerprint is cut', why: 'two bytes of fourteen' },
    { bytes: [stateVersion, 8, 0, 0, 0, 4, 8, 2, 1, 2, 0, 0, 0], says: 'its sums are none', why: 'days that fall' },
    { bytes: [stateVersion, 8, 0, 0, 0, 0, 4, 8, 2, 0, 2, 0, 0], says: 'its sums are none', why: 'a month twice' },
    { bytes: [stateVersion, 6, 0, 0, 0, 0, 2, 1, 2, 0, 0], says: 'its sums are none', why: 'a month before all years' },
    ...[
      { rest: '{"phase":', says: 'its rest is no JSON object', why: 'half a rest' },
      { rest: 'null', says: 'its rest is no JSON object', why: 'nothing' },
      { rest: '[]', says: 'its rest is no JSON object', why: 'a list' },
      { rest: '{"listingt":[]}', says: 'its rest holds what no state has', why: 'a word with a flipped bit' },
      { rest: '{"listings":{}}', says: 'its rest holds what no state has', why: 'an object in place of a list' },
      { rest: '{"tier":[]}', says: 'its rest holds what no state has', why: 'a list in place of an object' },
      { rest: '{"phase":{}}', says: 'its rest holds what no state has', why: 'an object in place of a word' },
    ].map(({ rest, ...told }) => ({ bytes: [stateVersion, 4, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from(rest)], ...told })),
  ])('is not read where $says: $why', ({ bytes, says }) => {
    expect(() => decodeState(Uint8Array.from(bytes))).toThrow(`a packed state cannot be read: ${says}`);
  });

  test('is read from the middle of a larger buffer', () => {
    const state = { ...unknownSubscriber, days: [20_000, -5, 20_001, 7], months: [24_319, 2] };
    const framed = Buffer.concat([Buffer.from('before'), encodeState(state), Buffer.from('after')]);
    expect(decodeState(new Uint8Array(framed).subarray(6, framed.length - 5))).toEqual(state);
  });
});

test('one charge a day for two months stays under 1 KB, and who is not known takes next to nothing', () => {
  const days = Array.from({ length: 60 }, (_, n) =>
    at(formatInstant(instant('2026-06-01T09:00+07:00') + n * dayMs), charged(15_000)),
  );
  const state = scenario()
    .given(...days)
    .partition.state('s-17') as State;
  expect(state.days.length / 2).toBe(60);
  expect(encodeState(state).length).toBeLessThan(1024);
  expect(encodeState(unknownSubscriber).length).toBeLessThan(10);
});

test.each([
  { text: '{"now":1', says: 'it is none', why: 'half of one' },
  { text: 'null', says: 'it is none', why: 'nothing' },
  { text: '{"now":1}', says: 'it is none', why: 'without a ladder' },
  { text: '{"now":"1","ladderBefore":[]}', says: 'it is none', why: 'a now that is a text' },
  { text: '{"now":253402300800000,"ladderBefore":[]}', says: 'it is none', why: 'after all years of four digits' },
  { text: '{"now":1,"ladderBefore":[1]}', says: 'it is none', why: 'a ladder of numbers' },
  { text: '{"policy":{},"ladderBefore":[]}', says: 'its policy is not one that this alo reads', why: 'no policy' },
])('a header is not read that is $why', ({ text, says }) => {
  expect(() => decodeHeader(text)).toThrow(new Error(`a header cannot be read: ${says}`));
});

test('a header is read back as it was written, its policy with the same hash', () => {
  const { header } = scenario(policy({ lists: { official: {} } })).given(
    charged(1),
    listed('official'),
    activated(policy({ version: 2 })),
    consented(true),
  ).partition;
  const read = decodeHeader(encodeHeader(header()));
  expect(JSON.stringify(read)).toBe(JSON.stringify(header()));
  expect([read.policy?.name.version, read.ladderBefore]).toEqual([2, ['base', 'vip', 'gold', 'platinum']]);
  expect(decodeHeader(encodeHeader({ now: undefined, policy: undefined, ladderBefore: [] }))).toEqual({
    now: undefined,
    policy: undefined,
    ladderBefore: [],
  });
});
