import { expect, test } from '@jest/globals';
import { isTooLarge, reasonOf } from './reason-of.ts';

const error = (message: string, more: object = {}) => Object.assign(new Error(message), more);
const said = error('The broker said', { type: 'MESSAGE_TOO_LARGE' });
const endless = error('again');
Object.assign(endless, { cause: endless });

test.each([
  { of: error('a'), reason: 'a', why: 'it says so itself' },
  { of: error('a', { cause: error('b', { cause: error('c') }) }), reason: 'c', why: 'the innermost' },
  { of: error('a', { cause: said }), reason: 'The broker said', why: 'the broker' },
  {
    of: error('a', { cause: error('b', { type: 'T', cause: error('c') }) }),
    reason: 'b',
    why: 'the broker, not what is within',
  },
  { of: error('a\n  b'), reason: 'a b', why: 'on one line' },
  { of: error(''), reason: 'Error', why: 'it says nothing' },
  { of: 'a text', reason: 'a text', why: 'it is no error' },
  { of: undefined, reason: 'undefined', why: 'it is nothing' },
  { of: endless, reason: 'again', why: 'it is its own cause' },
])('the reason is "$reason": $why', ({ of, reason }) => {
  expect(reasonOf(of)).toBe(reason);
});

test.each([
  { of: said, expected: true, why: 'the broker says so of the batch' },
  { of: error('a', { cause: said }), expected: true, why: 'however deep within' },
  { of: error('a', { type: 'RECORD_LIST_TOO_LARGE' }), expected: true, why: 'or of the segment' },
  { of: error('MESSAGE_TOO_LARGE'), expected: false, why: 'a sentence is no word of the broker' },
  { of: undefined, expected: false, why: 'nothing' },
])('whether a batch is too large is $expected: $why', ({ of, expected }) => {
  expect(isTooLarge(of)).toBe(expected);
});
