import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeShelf } from './shelf.ts';

const put = (shelf: ReturnType<typeof makeShelf>, number: number, value: Uint8Array) => {
  shelf.reserve(value.length);
  shelf.page().set(value, shelf.top());
  shelf.put(number, shelf.top() + value.length);
};
const read = (shelf: ReturnType<typeof makeShelf>, number: number) =>
  Buffer.from(shelf.pageOf(number).subarray(shelf.startOf(number), shelf.endOf(number)));

const filled = (bytes: number, content: number) => Buffer.alloc(bytes, content);

test('a shelf holds the last value of each number, whatever was put, freed and tidied before', () => {
  const step = fc.record({
    number: fc.nat(40),
    bytes: fc.oneof(fc.nat(300), fc.nat(700_000)),
    content: fc.integer({ min: 1, max: 255 }),
    doing: fc.constantFrom('put', 'put', 'put', 'free', 'tidy'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const shelf = makeShelf();
      const expected = new Map<number, Buffer>();
      for (const { number, bytes, content, doing } of steps) {
        if (doing === 'tidy') shelf.tidy();
        else if (doing === 'free') {
          shelf.free(number);
          expected.delete(number);
        } else {
          put(shelf, number, filled(bytes, content));
          expected.set(number, filled(bytes, content));
        }
      }
      for (const [number, value] of expected) expect(read(shelf, number).equals(value)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

describe('memory', () => {
  test('of values that are put again and again stays near what they need', () => {
    const shelf = makeShelf();
    for (let round = 1; round <= 60; round += 1) {
      for (let number = 0; number < 2000; number += 1) put(shelf, number, filled(round * 40, round));
      shelf.tidy();
    }
    expect(shelf.heldBytes()).toBeLessThan(2000 * 60 * 40 * 1.5 + 3 * 4 * 1024 * 1024);
    for (let number = 0; number < 2000; number += 1) expect(read(shelf, number)).toEqual(filled(2400, 60));
  });

  test('of a value longer than a page is a page of its own', () => {
    const shelf = makeShelf();
    put(shelf, 0, filled(10, 1));
    put(shelf, 1, filled(9_000_000, 2));
    put(shelf, 2, filled(10, 3));
    expect([read(shelf, 0), read(shelf, 1).length, read(shelf, 2)]).toEqual([filled(10, 1), 9_000_000, filled(10, 3)]);
  });

  test('is none after all is cleared', () => {
    const shelf = makeShelf();
    put(shelf, 0, filled(10, 1));
    shelf.clear();
    expect([shelf.heldBytes(), shelf.bytesOf(0)]).toEqual([0, 0]);
  });
});
