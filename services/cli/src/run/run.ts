import { formatInstant, hourMs, type Instant, readLine } from '@alo/contracts';
import type { EmbeddedStore, Input } from '@alo/runtime';
import { atMostEvery } from './at-most-every.ts';
import { refuseSharedFiles } from './distinct-files.ts';
import { type EventSource, openEventSource, spooled } from './event-source.ts';
import { everyProblem } from './every-problem.ts';
import { type Interruption, watchInterruption } from './interruption.ts';
import { type Fed, type JournalClock, makeFeed, makeFileClock, makeWallClock } from './journal-feed.ts';
import { findKnownHead } from './known-head.ts';
import { type Block, headBytes, withoutLines } from './lines.ts';
import { paced } from './paced.ts';
import { loadPolicy } from './policy-file.ts';
import { showProgress } from './progress.ts';
import { type BlockReader, readerHere, startReader } from './reading/block-reader.ts';
import { type ReadBlock, timeOf } from './reading/read-block.ts';
import { openRunStore, openSession, type Session } from './session.ts';
import { emptyTally, sumOf, type Tally } from './tally.ts';

export type RunOptions = {
  readonly policy: string;
  readonly events: string;
  readonly start?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly maxGapMs: number;
  readonly data?: string | undefined;
  readonly out?: string | undefined;
  readonly deadLetters?: string | undefined;
  readonly live?: boolean | undefined;
};

export type RunResult = {
  readonly tally: Tally;
  readonly stoppedBy: 'signal' | 'reader-gone' | undefined;
  /** When more than half of the lines were out of time: which line set the clock, and what to do. */
  readonly hint: string | undefined;
};

/** From a file of events to triggers: SPEC section 10. */
export const run = async (options: RunOptions): Promise<RunResult> => {
  const [policy, source] = await everyProblem([
    loadPolicy(options.policy),
    openEventSource(options.events),
    refuseSharedFiles(options),
  ]);
  const { store, folder, close } = await openRunStore(options.data);
  const interruption = watchInterruption();
  try {
    const tally = emptyTally();
    const { out, deadLetters } = options;
    const session = await openSession({ store, policy, out, deadLetters, tally });
    const clock = options.live
      ? makeWallClock()
      : makeFileClock(laterOf(session.now(), options.start), options.maxGapMs);
    await begin(session, options, clock);
    const place = await placeOf(source, store, folder, interruption, options);
    await readAll(session, place, clock, tally, interruption, options);
    if (!interruption.reason()) await finish(session, clock, options);
    await session.flush();
    const stoppedBy = interruption.reason();
    await session.close(stoppedBy === undefined);
    return { tally, stoppedBy, hint: options.live ? undefined : hintOf(tally, clock) };
  } finally {
    interruption.release();
    // Whatever its source still holds open, nobody reads it any more.
    if (options.events === '-') process.stdin.destroy();
    await close();
  }
};

const laterOf = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

/** A policy that the store does not run takes effect before the first line, where it is known when that is. */
const begin = async (session: Session, { start, live }: RunOptions, clock: JournalClock): Promise<void> => {
  const now = session.now();
  if (live || (now !== undefined && start !== undefined && start > now)) await tickTo(session, clock.now() as Instant);
  const at = clock.now();
  if (!session.isActive() && at !== undefined) await session.activate(at);
};

const tickTo = async (session: Session, at: Instant): Promise<void> => {
  if (session.now() !== undefined) await session.tick(at);
};

/** A file longer than this is read in a thread of its own, some blocks ahead of the fold. */
const longFileBytes = 1024 * 1024;
const blocksAhead = 2;

type Place = { readonly source: EventSource; readonly input: Pick<Input, 'input' | 'name' | 'lines'> };

/** Where to go on: behind what the journal holds of this source, or at its head. */
const placeOf = async (
  source: EventSource,
  store: EmbeddedStore,
  folder: string,
  interruption: Interruption,
  { live }: RunOptions,
): Promise<Place> => {
  const inputs = await store.inputs();
  const fresh = { input: inputs.length + 1, name: source.name, lines: 0 };
  if (live || inputs.length === 0) return { source, input: fresh };
  const linesMax = Math.max(...inputs.map(({ lines }) => lines));
  const isOnce = source.bytes === undefined;
  const { head, whole } = isOnce
    ? await spooled(source, linesMax, folder, interruption)
    : { head: source.blocks(), whole: source };
  return { source: whole, input: (await findKnownHead(head, inputs)) ?? fresh };
};

const readAll = async (
  session: Session,
  { source, input }: Place,
  clock: JournalClock,
  tally: Tally,
  interruption: Interruption,
  { live }: RunOptions,
): Promise<void> => {
  const feed = makeFeed(input, clock);
  /** Of a file, a block is taken once the next is read: so its subscribers have time to be fetched. */
  const isFile = source.bytes !== undefined && !live;
  const reader: BlockReader = isFile && (source.bytes ?? 0) > longFileBytes ? startReader() : readerHere;
  const progress = showProgress(source.bytes);
  tally.linesSkipped = input.lines;
  let bytes = 0;
  let toSkip = input.lines;
  let waiting: Fed | undefined;
  const being: Promise<ReadBlock>[] = [];
  const take = async (fed: Fed): Promise<undefined> => {
    await session.take(fed);
    tally.linesRead += fed.records.length;
  };
  const takeNext = async () => {
    const fed = feed.feed(
      await (being.shift() as Promise<ReadBlock>),
      waiting ? offsetAfter(waiting) : session.nextOffset(),
    );
    session.prefetch(fed);
    if (waiting) await take(waiting);
    waiting = isFile ? fed : await take(fed);
  };
  const takeAll = async () => {
    while (being.length > 0 && !interruption.reason()) await takeNext();
    if (waiting && !interruption.reason()) waiting = await take(waiting);
  };
  /** A pipe may be silent for long: a write that fails meanwhile is noticed, and what falls due is decided. */
  const forget = atMostEvery(hourMs, session.forget);
  const onPause = async () => {
    await session.settled();
    await forget();
    if (live) await tickIfDue(session);
  };
  try {
    for await (const whole of paced(source.blocks(), interruption, isFile ? undefined : onPause)) {
      bytes += whole.bytes.length;
      const skipped = Math.min(toSkip, whole.ends.length);
      if (skipped > 0) feed.passOver(headBytes(whole, skipped));
      toSkip -= skipped;
      const block = withoutLines(whole, skipped);
      if (block.ends.length === 0) continue;
      if (!session.isActive()) {
        await takeAll();
        await activateBefore(session, clock, block);
      }
      being.push(noticedLater(reader.read(block)));
      if (isFile && being.length <= blocksAhead) continue;
      await takeNext();
      progress.update({ bytes, lines: feed.lines(), triggers: sumOf(tally.triggers) });
    }
    await takeAll();
    await session.settled();
  } finally {
    progress.stop();
    await reader.close();
  }
};

/** Of a run that stops, nobody waits any more for what is still being read. */
const noticedLater = <Value>(promise: Promise<Value>): Promise<Value> => {
  promise.catch(() => undefined);
  return promise;
};

const offsetAfter = ({ appended, records }: Fed): number => appended.offset + records.length;

/** The policy takes effect at the time of the first line that can be read, before it. */
const activateBefore = async (session: Session, clock: JournalClock, { bytes, ends }: Block): Promise<void> => {
  let start = 0;
  for (const end of ends) {
    const time = timeOf(readLine(bytes.subarray(start, end)));
    if (time !== undefined) return session.activate(clock.now() ?? time);
    start = end + 1;
  }
};

const tickIfDue = async (session: Session): Promise<void> => {
  const now = Date.now();
  if (session.mayBeDue(now)) await tickTo(session, now);
};

/** At the end, what falls due up to and at `--until` is decided. */
const finish = async (session: Session, clock: JournalClock, { until, live }: RunOptions): Promise<void> => {
  const now = session.now();
  if (now === undefined) return;
  const end = laterOf(live ? (clock.now() as Instant) : undefined, until);
  if (end !== undefined && end > now) await session.tick(end);
};

const hintOf = (tally: Tally, clock: JournalClock): string | undefined => {
  const { CLOCK: ahead = 0, LATE: late = 0 } = tally.refusals;
  const now = clock.now();
  if (Math.max(ahead, late) * 2 <= tally.linesRead || now === undefined) return undefined;
  const line = clock.movedBy();
  const by = line === undefined ? 'the store or --start' : `line ${line}`;
  const [code, count, way] = ahead > late ? ['CLOCK', ahead, 'past'] : ['LATE', late, 'before'];
  return (
    `${count} of ${tally.linesRead} lines were refused as ${code}: they are too far ${way} now, which ${by} had set to ` +
    `${formatInstant(now)}. If that line is wrong, mend or remove it, or give --start; if the gap is real, give a larger ` +
    '--max-gap. Then run again with a fresh --data.'
  );
};
