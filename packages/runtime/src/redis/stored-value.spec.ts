import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { headBytes, readStored, writeHead } from './stored-value.ts';

const written = (value: Uint8Array, standsAt: number, dueAt: number | undefined): Buffer => {
  const head = headBytes(dueAt);
  const bytes = Buffer.alloc(3 + head + value.length, 0xaa);
  writeHead(bytes, 3, standsAt, dueAt);
  bytes.set(value, 3 + head);
  return bytes.subarray(3);
};

test('what is written is read again: bytes, offset and due instant', () => {
  const dueAt = fc.option(
    fc.maxSafeInteger().map((instant) => instant || 0),
    { nil: undefined },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(2 ** 48 - 1), dueAt, (value, standsAt, due) => {
      const stored = readStored(written(value, standsAt, due));
      expect(stored).toEqual({ value: Buffer.from(value), standsAt, dueAt: due });
    }),
  );
});

test('a head takes 7 bytes, and 15 where something falls due', () => {
  expect(written(new Uint8Array(0), 1, undefined).toString('hex')).toBe('01000000000001');
  expect(written(new Uint8Array(0), 1, -1).toString('hex')).toBe('02000000000001bff0000000000000');
});

test.each([
  { why: 'nothing', bytes: '' },
  { why: 'another kind of head', bytes: '03000000000001bff0000000000000' },
  { why: 'text', bytes: Buffer.from('{"a":1}').toString('hex') },
  { why: 'a head that is cut short', bytes: '010000000000' },
  { why: 'a due instant of no whole milliseconds', bytes: '020000000000013fe0000000000000' },
  { why: 'a due instant that is no number', bytes: '020000000000017ff8000000000000' },
  { why: 'a head with a due instant that is cut short', bytes: '02000000000001bff00000000000' },
])('$why is no value', ({ bytes }) => {
  expect(readStored(Buffer.from(bytes, 'hex'))).toBeUndefined();
});
