import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buffersOfChanges, packChanges, rowsInOrder } from './packed-changes.ts';

const change = fc.record({
  subscriber: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => text.toWellFormed()),
  value: fc.uint8Array({ maxLength: 60 }),
  dueAt: fc.option(fc.integer(), { nil: undefined }),
});

test('changes come out as they went in, in the order of their subscribers', () => {
  fc.assert(
    fc.property(fc.uniqueArray(change, { selector: ({ subscriber }) => subscriber }), (changes) => {
      const { count, row } = rowsInOrder(packChanges(changes));
      const expected = changes
        .map(({ subscriber, value, dueAt }) => [subscriber, dueAt ?? null, value] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      expect(Array.from({ length: count }, (_, n) => row(n))).toEqual(expected);
    }),
  );
});

test('more than a piece holds, and a value longer than a piece, go into several', () => {
  const value = new Uint8Array(600_000).fill(7);
  const many = Array.from({ length: 9000 }, (_, n) => ({ subscriber: `s-${n}`, value: value.subarray(0, n % 9) }));
  const long = [value, new Uint8Array(3_000_000).fill(9), value].map((bytes, n) => ({
    subscriber: `t-${n}`,
    value: bytes,
  }));
  const changes = [...many, ...long].map((one) => ({ ...one, dueAt: undefined }));
  const pieces = packChanges(changes);
  const { count, row } = rowsInOrder(structuredClone(pieces, { transfer: buffersOfChanges(pieces) }));
  const rows = new Map(Array.from({ length: count }, (_, n) => [row(n)[0], row(n)[2]]));
  expect(pieces.length).toBeGreaterThan(4);
  expect(rows.size).toBe(9003);
  for (const one of changes) {
    expect(
      Buffer.compare(rows.get(one.subscriber) as Uint8Array, one.value.length > 0 ? pick(one) : Buffer.alloc(0)),
    ).toBe(0);
  }
});

/** What was packed is a copy: the changes themselves are still there. */
const pick = ({ value }: { readonly value: Uint8Array }) => Buffer.from(value);
