import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseExactly } from './exact-json.ts';
import { lookUp, parsePointer } from './json-pointer.ts';

const textAt = (text: string, pointer: string): string => {
  const json = parseExactly(text);
  const { holder, key, value } = lookUp(json.value, parsePointer(pointer));
  return json.numberText(holder, key, value as number);
};

describe('a number can be read as it was written', () => {
  test.each([
    { text: '{"a":9007199254740993}', pointer: '/a', written: '9007199254740993', why: 'more digits than a double' },
    { text: '{"a":5.0}', pointer: '/a', written: '5.0', why: 'a fraction of nothing' },
    { text: '{"a":1e2}', pointer: '/a', written: '1e2', why: 'an exponent' },
    { text: '{"a":1e400}', pointer: '/a', written: '1e400', why: 'more than a double holds' },
    { text: '{"a":-0}', pointer: '/a', written: '-0', why: 'a sign' },
    { text: '{"a":17}', pointer: '/a', written: '17', why: 'nothing special' },
    { text: '[[1.50],[2.50]]', pointer: '/1/0', written: '2.50', why: 'in lists' },
    { text: '{"a":{"x":1.0},"b":{"x":2.0}}', pointer: '/b/x', written: '2.0', why: 'one name in two objects' },
    { text: '{"a":1.0,"a":2.0}', pointer: '/a', written: '2.0', why: 'the last of two counts' },
    { text: '1.0', pointer: '', written: '1', why: 'of a number alone it is not known how it was written' },
  ])('$text at "$pointer" is $written: $why', ({ text, pointer, written }) => {
    expect(textAt(text, pointer)).toBe(written);
  });
});

test('the value is that of JSON.parse', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseExactly(text).value).toEqual(JSON.parse(text));
    }),
  );
});

test('what nests without end is an error that can be caught, not the end of the process', () => {
  expect(() => parseExactly('['.repeat(1_000_000) + ']'.repeat(1_000_000))).toThrow(RangeError);
});
