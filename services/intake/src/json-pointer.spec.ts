import { describe, expect, test } from '@jest/globals';
import { jsonPointerForm, lookUp, parsePointer } from './json-pointer.ts';

const valueAt = (document: unknown, pointer: string) => lookUp(document, parsePointer(pointer)).value;

/** RFC 6901, section 5. */
const document = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

describe('a JSON Pointer finds', () => {
  test.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('at %j what RFC 6901 says', (pointer, value) => {
    expect(pointer).toMatch(jsonPointerForm);
    expect(valueAt(document, pointer)).toEqual(value);
  });

  test.each([
    ['/foo/2', 'behind the end of a list'],
    ['/foo/-', 'what is behind the last'],
    ['/foo/00', 'an index with a zero in front'],
    ['/foo/length', 'what is no index'],
    ['/foo/0/0', 'a part of a text'],
    ['/bar', 'a member that is not there'],
    ['/toString', 'what every object has'],
    ['/__proto__', 'what every object has'],
    ['//x', 'a part of a number'],
  ])('nothing at %j: %s', (pointer) => {
    expect(valueAt(document, pointer)).toBeUndefined();
  });

  test('a member named ~1, whose tilde is written first', () => {
    expect(valueAt({ '~1': 'here' }, '/~01')).toBe('here');
  });

  test('a member named __proto__ that JSON has brought', () => {
    expect(valueAt(JSON.parse('{"__proto__":{"a":1}}'), '/__proto__/a')).toBe(1);
  });
});

test.each(['foo', '/~', '/~2', '/a~'])('%j is no JSON Pointer', (text) => {
  expect(text).not.toMatch(jsonPointerForm);
});
