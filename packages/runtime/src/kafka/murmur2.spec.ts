import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { murmur2, partitionOfKey } from './murmur2.ts';

describe('the hash of a key', () => {
  /** From the tests of Kafka's Java client, UtilsTest.testMurmur2. */
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ])("of %s is that of Java's client", (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  test("of bytes is that of Java's client", () => {
    expect(murmur2(Buffer.from(['a', 'b', 'c'].map((letter) => letter.charCodeAt(0))))).toBe(479470107);
  });
});

test("a key lies in the partition that kafkajs' own partitioner chooses", () => {
  const choose = Partitioners.DefaultPartitioner();
  const keys = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 100 }), (key, count) => {
      const partitionMetadata = Array.from(
        { length: count },
        (_, partitionId) => ({ partitionId, leader: 0 }) as never,
      );
      const chosen = choose({ topic: 't', partitionMetadata, message: { key, value: null } });
      expect(partitionOfKey(key, count)).toBe(chosen);
    }),
    { numRuns: 1000 },
  );
});
