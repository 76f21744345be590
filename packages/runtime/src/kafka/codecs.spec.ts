import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { snappyCodec } from './snappy-codec.ts';
import { zstdCodec } from './zstd-codec.ts';

const codecs = [
  { name: 'snappy', codec: snappyCodec, type: kafkajs.CompressionTypes.Snappy },
  { name: 'zstd', codec: zstdCodec, type: kafkajs.CompressionTypes.ZSTD },
];

describe.each(codecs)('$name', ({ codec, type }) => {
  test('is one that the client knows', () => {
    expect(kafkajs.CompressionCodecs[type as keyof typeof kafkajs.CompressionCodecs]()).toBe(codec);
  });

  test('gives back what it was given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(await codec.decompress(await codec.compress({ buffer }))).toEqual(buffer);
      }),
    );
  });

  test('rejects what is none', async () => {
    await expect(codec.decompress(Buffer.from('neither of both'))).rejects.toThrow();
  });
});

/** 700 times "alo ", as snappy-java 1.1.10.7 writes it in blocks of 1024 bytes: what Kafka's Java client uses. */
const writtenByJava = [
  '82534e415050590000000001000000010000003780080c616c6f20fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400',
  'fe0400fe0400fe0400fe0400fe0400ee04000000003780080c616c6f20fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe',
  '0400fe0400fe0400fe0400fe0400fe0400ee04000000002bf0050c616c6f20fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe04',
  '00fe0400fe0400ae0400',
].join('');

test("snappy is read as Java's clients write it, in several blocks", async () => {
  expect(String(await snappyCodec.decompress(Buffer.from(writtenByJava, 'hex')))).toBe('alo '.repeat(700));
});

test('snappy of Java that is cut short is rejected', async () => {
  await expect(snappyCodec.decompress(Buffer.from(writtenByJava.slice(0, -20), 'hex'))).rejects.toThrow();
});
