import { WrongUse } from '@alo/runtime';

/** Whole lines as they lie in one stretch of bytes, a line feed after each. */
export type Block = {
  readonly bytes: Buffer;
  /** For each line, where its line feed is. */
  readonly ends: readonly number[];
};

/** A line longer than this is no line. */
export const lineBytesMax = 64 * 1024 * 1024;

const lineFeed = 10;

/** Cuts a stream of bytes into blocks of whole lines. A byte order mark at its head is no part of the first line. */
export async function* readBlocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Block> {
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let isHead = true;
  let lines = 0;
  for await (const raw of chunks) {
    const last = raw.lastIndexOf(lineFeed);
    carried.push(last === -1 ? raw : raw.subarray(0, last + 1));
    carriedBytes += carried.at(-1)?.length ?? 0;
    if (carriedBytes > lineBytesMax && last === -1) {
      throw new WrongUse(`line ${lines + 1} has no end within ${lineBytesMax} bytes: is this a file of JSON lines?`);
    }
    if (last === -1) continue;
    const bytes = joined(carried);
    const block = blockOf(isHead ? withoutMark(bytes) : bytes);
    isHead = false;
    lines += block.ends.length;
    yield block;
    carried = last + 1 < raw.length ? [raw.subarray(last + 1)] : [];
    carriedBytes = carried[0]?.length ?? 0;
  }
  if (carriedBytes === 0) return;
  const bytes = Buffer.concat([...carried, Buffer.from('\n')]);
  yield blockOf(isHead ? withoutMark(bytes) : bytes);
}

const joined = (pieces: readonly Buffer[]): Buffer =>
  pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);

const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

const blockOf = (bytes: Buffer): Block => {
  const ends: number[] = [];
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) ends.push(at);
  return { bytes, ends };
};

/** A block without its first lines. */
export const withoutLines = ({ bytes, ends }: Block, count: number): Block => {
  if (count === 0) return { bytes, ends };
  const start = (ends[count - 1] as number) + 1;
  return {
    bytes: bytes.subarray(start),
    ends: Array.from(ends)
      .slice(count)
      .map((end) => end - start),
  };
};

/** The first lines of a block as bytes, line feeds included. */
export const headBytes = ({ bytes, ends }: Block, count: number): Buffer =>
  bytes.subarray(0, count === 0 ? 0 : (ends[count - 1] as number) + 1);
