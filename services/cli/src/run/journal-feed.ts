import { createHash } from 'node:crypto';
import { type Incoming, type Instant, readLine } from '@alo/contracts';
import type { Appended, Input, TakenRecord, TakenRecords } from '@alo/runtime';
import { lineOf, type ReadBlock } from './reading/read-block.ts';

/** Lines of an input made into records of the journal. */
export type Fed = { readonly appended: Appended; readonly records: TakenRecords<Incoming> };

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
      const appendedAt = stamped(block, firstLine, clock);
      digest.update(block.bytes);
      lines += block.ends.length;
      const appended: Appended = {
        offset,
        appendedAt,
        lines: block.bytes,
        input: { ...input, lines, digest: digest.copy().digest('hex'), firstLine },
      };
      return { appended, records: recordsOf(block, appended, firstLine) };
    },
  };
};

/** The append time of each line of a block; NaN where it is too far ahead. */
const stamped = (block: ReadBlock, firstLine: number, clock: JournalClock): Float64Array => {
  const appendedAt = new Float64Array(block.ends.length);
  for (let n = 0; n < appendedAt.length; n += 1) {
    const time = block.time(n);
    const at = time === undefined ? (clock.now() ?? 0) : clock.stamp(time, firstLine + n);
    appendedAt[n] = at ?? Number.NaN;
  }
  return appendedAt;
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

  constructor(block: ReadBlock, n: number, { offset, appendedAt }: Appended, firstLine: number) {
    const at = appendedAt[n] as number;
    this.offset = offset + n;
    this.line = firstLine + n;
    this.incoming = block.incoming(n);
    this.ahead = Number.isNaN(at);
    this.appendedAt = this.ahead ? 0 : at;
    this.#block = block;
    this.#n = n;
  }

  get bytes(): Uint8Array {
    return lineOf(this.#block, this.#n);
  }
}

/** A block's lines as records, each made when it is asked for. */
const recordsOf = (block: ReadBlock, appended: Appended, firstLine: number): TakenRecords<Incoming> => ({
  length: block.ends.length,
  at: (n) => new LineRecord(block, n, appended, firstLine),
  ...(block.subscriber && { subscriberAt: block.subscriber }),
});

/** A record that alo writes itself: a policy that takes effect, or time that has passed. */
export const ownRecord = (offset: number, at: Instant, text: string): Fed => {
  const bytes = Buffer.from(text);
  return {
    appended: { offset, appendedAt: Float64Array.of(at), lines: Buffer.from(`${text}\n`) },
    records: [{ offset, appendedAt: at, ahead: false, bytes, incoming: readLine(bytes) }],
  };
};
