import { createHash } from 'node:crypto';
import { type Incoming, type Instant, readLine } from '@alo/contracts';
import type { Appended, Input, TakenRecord } from '@alo/runtime';
import { lineOf, type ReadBlock } from './reading/read-block.ts';

/** Lines of an input made into records of the journal. */
export type Fed = { readonly appended: Appended; readonly records: readonly TakenRecord<Incoming>[] };

/** The clock of a file: what each line's time makes of now. */
export type JournalClock = {
  /** The append time of a record that says this time; undefined where it is too far ahead to be believed. */
  readonly stamp: (time: Instant, line: number) => Instant | undefined;
  readonly now: () => Instant | undefined;
  /** The line that moved now last. */
  readonly movedBy: () => number | undefined;
};

/** Now is the running maximum of what the lines say, but no line moves it by more than `maxGapMs`. */
export const makeFileClock = (startNow: Instant | undefined, maxGapMs: number): JournalClock => {
  let now = startNow;
  let movedBy: number | undefined;
  return {
    stamp: (time, line) => {
      if (now !== undefined && time - now > maxGapMs) return undefined;
      if (now === undefined || time > now) {
        now = time;
        movedBy = line;
      }
      return time;
    },
    now: () => now,
    movedBy: () => movedBy,
  };
};

/** Now is the wall clock at the moment of appending. */
export const makeWallClock = (): JournalClock => ({
  stamp: () => Date.now(),
  now: () => Date.now(),
  movedBy: () => undefined,
});

/** Makes records of the blocks of one input, in their order, from a line on. */
export const makeFeed = (input: Pick<Input, 'input' | 'name' | 'lines'>, clock: JournalClock) => {
  const digest = createHash('sha256');
  let lines = input.lines;
  return {
    lines: () => lines,
    /** Goes over what is in the journal already, for the digest. */
    passOver: (bytes: Uint8Array) => {
      digest.update(bytes);
    },
    /** The block's lines as records, the first of them at this offset. */
    feed: (block: ReadBlock, offset: number): Fed => {
      const firstLine = lines + 1;
      const records = recordsOf(block, offset, firstLine, clock);
      digest.update(block.bytes);
      lines += records.length;
      const appended: Appended = {
        offset,
        appendedAt: records.map(({ ahead, appendedAt }) => (ahead ? null : appendedAt)),
        lines: block.bytes,
        input: { ...input, lines, digest: digest.copy().digest('hex'), firstLine },
      };
      return { appended, records };
    },
  };
};

/** One line of a block as a record; its bytes are cut out only for the few that are refused. */
class LineRecord implements TakenRecord<Incoming> {
  readonly offset: number;
  readonly line: number;
  readonly incoming: Incoming;
  readonly appendedAt: Instant;
  readonly ahead: boolean;
  readonly #block: ReadBlock;
  readonly #n: number;

  constructor(
    block: ReadBlock,
    n: number,
    first: { readonly offset: number; readonly line: number },
    clock: JournalClock,
  ) {
    this.offset = first.offset + n;
    this.line = first.line + n;
    this.incoming = block.incoming(n);
    const time = timeOf(this.incoming);
    const appendedAt = time === undefined ? undefined : clock.stamp(time, this.line);
    this.ahead = time !== undefined && appendedAt === undefined;
    this.appendedAt = appendedAt ?? clock.now() ?? 0;
    this.#block = block;
    this.#n = n;
  }

  get bytes(): Uint8Array {
    return lineOf(this.#block, this.#n);
  }
}

const recordsOf = (block: ReadBlock, offset: number, line: number, clock: JournalClock): TakenRecord<Incoming>[] =>
  Array.from(block.ends, (_, n) => new LineRecord(block, n, { offset, line }, clock));

export const timeOf = (incoming: Incoming): Instant | undefined =>
  incoming.kind === 'event' || incoming.kind === 'refused' ? incoming.time : undefined;

/** A record that alo writes itself: a policy that takes effect, or time that has passed. */
export const ownRecord = (offset: number, at: Instant, text: string): Fed => {
  const bytes = Buffer.from(text);
  return {
    appended: { offset, appendedAt: [at], lines: Buffer.from(`${text}\n`) },
    records: [{ offset, appendedAt: at, ahead: false, bytes, incoming: readLine(bytes) }],
  };
};
