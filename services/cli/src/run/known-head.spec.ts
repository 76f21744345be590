import { createHash } from 'node:crypto';
import type { Input } from '@alo/runtime';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findKnownHead } from './known-head.ts';
import { type Block, readBlocks } from './lines.ts';

const blocksOf = (text: string, chunk = text.length) =>
  readBlocks(
    (async function* () {
      for (let at = 0; at < text.length; at += chunk) yield Buffer.from(text.slice(at, at + chunk));
    })(),
  );

/** An input of which so many lines were read. */
const inputOf = (input: number, text: string): Input => ({
  input,
  name: 'events',
  lines: text.split('\n').length - 1,
  digest: createHash('sha256').update(text).digest('hex'),
});

const find = (text: string, inputs: readonly Input[], chunk?: number): Promise<Input | undefined> =>
  findKnownHead(blocksOf(text, chunk) as AsyncIterable<Block>, inputs);

describe('what is known of a source', () => {
  const known = [inputOf(1, 'a\nb\n'), inputOf(2, 'a\nb\nc\n'), inputOf(3, 'x\n'), inputOf(4, '')];

  test.each([
    { text: 'a\nb\n', input: 1, why: 'the same again' },
    { text: 'a\nb', input: 1, why: 'the same without its last line feed' },
    { text: 'a\nb\nd\n', input: 1, why: 'an extension' },
    { text: 'a\nb\nc\n', input: 2, why: 'of two that it extends, the longer one' },
    { text: 'a\nb\nc\nd\n', input: 2, why: 'and so on' },
    { text: 'x\ny\n', input: 3, why: 'an extension of another' },
    { text: 'a\nbb\n', input: undefined, why: 'another line' },
    { text: 'a\n', input: undefined, why: 'less than is known' },
    { text: 'b\na\n', input: undefined, why: 'another order' },
    { text: '', input: undefined, why: 'nothing' },
  ])('$why: $input', async ({ text, input }) => {
    expect((await find(text, known))?.input).toBe(input);
  });

  test('is the latest of those that are the same', async () => {
    expect((await find('a\nb\n', [inputOf(1, 'a\nb\n'), inputOf(2, 'a\nb\n')]))?.input).toBe(2);
  });

  test('does not depend on how the source comes', async () => {
    const lines = fc.array(fc.constantFrom('a', 'bb', ''), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        lines,
        fc.array(fc.nat(12), { maxLength: 3 }),
        fc.integer({ min: 1, max: 9 }),
        async (all, heads, chunk) => {
          const text = (count: number) =>
            all
              .slice(0, count)
              .map((line) => `${line}\n`)
              .join('');
          const inputs = heads.map((count, n) => inputOf(n + 1, text(Math.min(count, all.length))));
          const longest = Math.max(0, ...inputs.map(({ lines: count }) => count));
          expect((await find(text(all.length), inputs, chunk))?.lines ?? 0).toBe(longest);
        },
      ),
      { seed: 1 },
    );
  });
});
