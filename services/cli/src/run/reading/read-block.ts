import { isUtf8 } from 'node:buffer';
import { type Incoming, type Instant, readLine, readText } from '@alo/contracts';
/** Lines in one stretch of bytes, and where the line feed of each is. */
export type Lines = { readonly bytes: Buffer; readonly ends: ArrayLike<number> };

/** A block whose lines have been read: what each says, and when it says that it was recorded. */
export type ReadBlock = Lines & {
  readonly incoming: (line: number) => Incoming;
  readonly time: (line: number) => Instant | undefined;
  /** Whose line it is, where that is known at once. */
  readonly subscriber?: (line: number) => string | undefined;
};

export const timeOf = (incoming: Incoming): Instant | undefined =>
  incoming.kind === 'event' || incoming.kind === 'refused' ? incoming.time : undefined;

/** One line of a block as bytes, without its line feed. */
export const lineOf = ({ bytes, ends }: Lines, n: number): Buffer =>
  bytes.subarray(n === 0 ? 0 : (ends[n - 1] as number) + 1, ends[n]);

/** Answers the same question once. */
export const onceEach = (read: (line: number) => Incoming) => {
  const known: Incoming[] = [];
  return (line: number): Incoming => (known[line] ??= read(line));
};

/**
 * Reads the lines of a block. Nearly all blocks are UTF-8 throughout, and are made a text at once; of others each line
 * is looked at by itself.
 */
export const lineReader = (block: Lines): ((line: number) => Incoming) => {
  if (!isUtf8(block.bytes)) return (n) => readLine(lineOf(block, n));
  const texts = block.bytes.toString('utf8').split('\n');
  return (n) => readText(texts[n] as string);
};

/** A block whose lines are read here, each once. */
export const readBlock = (block: Lines): ReadBlock => {
  const incoming = onceEach(lineReader(block));
  return { ...block, incoming, time: (n) => timeOf(incoming(n)) };
};
