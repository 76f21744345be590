import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareUtf8 } from './utf8-order.ts';

describe('in the order of UTF-8 bytes', () => {
  test.each([
    { first: 's-1', second: 's-2', why: 'a later letter' },
    { first: 's-1', second: 's-10', why: 'a beginning comes first' },
    { first: '', second: 'a', why: 'nothing comes first' },
    { first: 'Z', second: 'a', why: 'upper case comes first' },
    { first: 'z', second: 'đ', why: 'one byte before two' },
    { first: 's-\uff01', second: 's-😀', why: 'U+FF01 before U+1F600, which UTF-16 has the other way round' },
    { first: '\ue000', second: '\u{10000}', why: 'the private use area before all that needs a pair' },
    { first: '😀', second: '😁', why: 'two pairs with one first half' },
  ])('"$first" stands before "$second": $why', ({ first, second }) => {
    expect(compareUtf8(first, second)).toBeLessThan(0);
    expect(compareUtf8(second, first)).toBeGreaterThan(0);
    expect(compareUtf8(first, first)).toBe(0);
  });

  test('any two texts stand as their bytes do', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '\u07ff', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}'),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
