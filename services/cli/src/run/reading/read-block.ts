import { isUtf8 } from 'node:buffer';
import { type Incoming, readLine, readText } from '@alo/contracts';
/** Lines in one stretch of bytes, and where the line feed of each is. */
export type Lines = { readonly bytes: Buffer; readonly ends: ArrayLike<number> };

/** A block whose lines have been read. */
export type ReadBlock = Lines & { readonly incoming: (line: number) => Incoming };

/** One line of a block as bytes, without its line feed. */
export const lineOf = ({ bytes, ends }: Lines, n: number): Buffer =>
  bytes.subarray(n === 0 ? 0 : (ends[n - 1] as number) + 1, ends[n]);

/** Nearly all blocks are UTF-8 throughout, and are made a text at once; of others each line is looked at by itself. */
export const readBlock = (block: Lines): ReadBlock => {
  if (!isUtf8(block.bytes)) return { ...block, incoming: (n) => readLine(lineOf(block, n)) };
  const texts = block.bytes.toString('utf8').split('\n');
  return { ...block, incoming: (n) => readText(texts[n] as string) };
};
