import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';

const canonical = (text: string): string => canonicalJson(JSON.parse(text));

describe('canonical JSON (RFC 8785)', () => {
  test.each([
    { text: '5.0', canon: '5', why: '5.0 is whole' },
    { text: '-0', canon: '0', why: 'there is one zero' },
    { text: '1E3', canon: '1000', why: 'an exponent that is not needed' },
    { text: '1e21', canon: '1e+21', why: 'the first that keeps its exponent' },
    { text: '100000000000000000000', canon: '100000000000000000000', why: 'the last that does not' },
    { text: '1e-7', canon: '1e-7', why: 'small' },
    { text: '0.000001', canon: '0.000001', why: 'one above' },
    { text: '333333333.33333329', canon: '333333333.3333333', why: 'what a double holds' },
    { text: '9007199254740993', canon: '9007199254740992', why: 'what a double holds, of a whole number' },
    { text: '1e400', canon: 'null', why: 'no double holds it; JSON has no word for what is left' },
    { text: '"\\u20ac\\u000f\\n\\u0042\\/"', canon: '"€\\u000f\\nB/"', why: 'escapes only where they must be' },
    { text: '"\\u2028"', canon: '"\u2028"', why: 'no escape for what only JavaScript once minded' },
    { text: '"\\uD800"', canon: '"\\ud800"', why: 'a lone surrogate, which UTF-8 cannot write' },
    { text: '[ 1 , [ ] , { } ]', canon: '[1,[],{}]', why: 'no white space' },
    { text: '{"b":1,"a":2}', canon: '{"a":2,"b":1}', why: 'sorted keys' },
    { text: '{"a":{"d":1,"c":[{"f":1,"e":2}]}}', canon: '{"a":{"c":[{"e":2,"f":1}],"d":1}}', why: 'at every level' },
    { text: '{"10":1,"9":2,"1":3}', canon: '{"1":3,"10":1,"9":2}', why: 'keys like numbers are texts' },
    { text: '{"a":1,"1":{"b":2}}', canon: '{"1":{"b":2},"a":1}', why: 'keys like numbers come first' },
    { text: '{"b":1,"__proto__":2}', canon: '{"__proto__":2,"b":1}', why: 'a key of its own, whatever its name' },
    { text: '{"__proto__":{"b":1,"a":2}}', canon: '{"__proto__":{"a":2,"b":1}}', why: 'and what it holds' },
    { text: '{"a":1,"a":2}', canon: '{"a":2}', why: 'the last of two counts, as for JSON.parse' },
    { text: '{"":1}', canon: '{"":1}', why: 'the empty key' },
    { text: 'null', canon: 'null', why: 'a literal' },
  ])('$text is $canon: $why', ({ text, canon }) => {
    expect(canonical(text)).toBe(canon);
  });

  test('sorts keys by UTF-16 code units: an emoji stands before a letter of a higher unit', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6'];
    const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33'];
    const canon = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(canon).toBe(`{${sorted.map((key) => `${JSON.stringify(key)}:0`).join(',')}}`);
  });

  test('takes as many levels as an event may have', () => {
    const text = '['.repeat(130) + ']'.repeat(130);
    expect(canonical(text)).toBe(text);
  });
});

const keys = fc.oneof(fc.constantFrom('__proto__', 'constructor', '1', '10', '9'), fc.string({ unit: 'binary' }));

/** What JSON.parse can give: keys like numbers, `__proto__` and lone surrogates among them. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.string({ unit: 'binary' }),
    fc.array(tie('json'), { maxLength: 5 }),
    fc.uniqueArray(fc.tuple(keys, tie('json')), { maxLength: 6, selector: ([key]) => key }).map(Object.fromEntries),
  ),
}));

const shuffled = (value: unknown, turn: number): unknown => {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, turn));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, shuffled(member, turn)] as const);
  const at = entries.length === 0 ? 0 : turn % entries.length;
  return Object.fromEntries([...entries.slice(at), ...entries.slice(0, at)].reverse());
};

describe('whatever the value', () => {
  test('the order of keys does not show', () => {
    fc.assert(
      fc.property(json, fc.nat(), (value, turn) => canonicalJson(shuffled(value, turn)) === canonicalJson(value)),
    );
  });

  test('it is read back as the same', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('what is canonical stays as it is', () => {
    fc.assert(fc.property(json, (value) => canonical(canonicalJson(value)) === canonicalJson(value)));
  });
});
