import { WrongUse } from '@alo/runtime';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Block, headBytes, lineBytesMax, readBlocks, withoutLines } from './lines.ts';

const blocksOf = async (chunks: readonly Buffer[]): Promise<Block[]> => {
  const source = (async function* () {
    yield* chunks;
  })();
  const blocks: Block[] = [];
  for await (const block of readBlocks(source)) blocks.push(block);
  return blocks;
};

const linesIn = ({ bytes, ends }: Block): string[] =>
  ends.map((end, n) => bytes.subarray(n === 0 ? 0 : (ends[n - 1] as number) + 1, end).toString('latin1'));

const linesOf = async (...chunks: (string | Buffer)[]) =>
  (await blocksOf(chunks.map((chunk) => Buffer.from(chunk as string)))).flatMap(linesIn);

describe('the lines of a stream', () => {
  test.each([
    { chunks: [], lines: [], why: 'nothing has none' },
    { chunks: ['a\nb\n'], lines: ['a', 'b'], why: 'each ends with a line feed' },
    { chunks: ['a\nb'], lines: ['a', 'b'], why: 'the last need not' },
    { chunks: ['a', 'b', '\n', 'c'], lines: ['ab', 'c'], why: 'one goes over many chunks' },
    { chunks: ['\n\n', '\n'], lines: ['', '', ''], why: 'empty ones are lines' },
    { chunks: ['a\r\nb\r\n'], lines: ['a\r', 'b\r'], why: 'a carriage return belongs to its line' },
    { chunks: ['\xef\xbb\xbfa\nb'], lines: ['a', 'b'], why: 'a byte order mark does not' },
    { chunks: ['\xef', '\xbb', '\xbfa\n\xef\xbb\xbfb'], lines: ['a', '\xef\xbb\xbfb'], why: 'but only at the head' },
    { chunks: ['\xef\xbb\xbf'], lines: [''], why: 'a mark alone is an empty line' },
  ])('$lines: $why', async ({ chunks, lines }) => {
    expect(await linesOf(...chunks.map((chunk) => Buffer.from(chunk, 'latin1')))).toEqual(lines);
  });

  test('are the same however the stream is cut', async () => {
    const bytes = fc
      .array(fc.constantFrom(0x0a, 0x0d, 0x00, 0x61, 0xef, 0xbb, 0xbf), { maxLength: 40 })
      .map((codes) => Buffer.from(codes));
    await fc.assert(
      fc.asyncProperty(bytes, fc.array(fc.nat(40), { maxLength: 6 }), async (whole, places) => {
        const cuts = [0, ...places.map((place) => Math.min(place, whole.length)).sort((a, b) => a - b), whole.length];
        const chunks = cuts.slice(1).map((end, n) => whole.subarray(cuts[n], end));
        const text = whole.toString('latin1').replace(/^\xef\xbb\xbf/, '');
        const expected = text === '' && whole.length === 0 ? [] : text.replace(/\n$/, '').split('\n');
        expect((await blocksOf(chunks)).flatMap(linesIn)).toEqual(text === '\n' ? [''] : expected);
      }),
      { seed: 1 },
    );
  });

  test('end where one has no end: such a file is no file of lines', async () => {
    const chunk = Buffer.alloc(lineBytesMax / 4 + 1, 'x');
    await expect(linesOf('a\nb\n', chunk, chunk, chunk, chunk)).rejects.toThrow(
      new WrongUse(`line 3 has no end within ${lineBytesMax} bytes: is this a file of JSON lines?`),
    );
  });
});

describe('a block', () => {
  const whole: Block = { bytes: Buffer.from('a\nbc\n\nd\n'), ends: [1, 4, 5, 7] };

  test.each([
    { count: 0, head: '', rest: ['a', 'bc', '', 'd'] },
    { count: 1, head: 'a\n', rest: ['bc', '', 'd'] },
    { count: 3, head: 'a\nbc\n\n', rest: ['d'] },
    { count: 4, head: 'a\nbc\n\nd\n', rest: [] },
  ])('without its first $count lines has the others, where they now are', ({ count, head, rest }) => {
    expect(headBytes(whole, count).toString()).toBe(head);
    expect(linesIn(withoutLines(whole, count))).toEqual(rest);
  });
});
