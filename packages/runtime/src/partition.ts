import { makeAtHand, nowhere } from './at-hand.ts';
import type { Core, Outcome } from './core.ts';
import { PartitionStopped } from './errors.ts';
import { makeInFlight } from './partition/in-flight.ts';
import { digestOf, takeOneLog } from './partition/one-log.ts';
import { makeProgress } from './partition/progress.ts';
import { readable } from './partition/readable.ts';
import { rearmAll } from './partition/rearm.ts';
import { makeSaying } from './partition/saying.ts';
import { makeSubscriberRows } from './partition/subscriber-rows.ts';
import { makeSubscribers } from './partition/subscribers.ts';
import { makeTornStates } from './partition/torn-states.ts';
import type { Applied, JournalRecord, Log, Published, States } from './ports.ts';
import { readRecord, type TakenRecord, type TakenRecords } from './taken-records.ts';

export type PartitionOptions = {
  /** No more due instants than this in one piece of work. */
  readonly settlePieceMax: number;
  /** States are written after so many changed subscribers, or so many records: what a restart has to fold again. */
  readonly changedMax: number;
  readonly recordsMax: number;
  /** So many writes may be under way: more than one only where the ports take effect in order, and all stop at a failure. */
  readonly inFlightMax: number;
  /** Bound of the states at hand, in bytes. */
  readonly cacheBytesMax: number;
  /** Told of each output once it is published, in their order; never of what was published before. */
  readonly onPublished: (outputs: readonly Published[]) => void;
  /** Told what came of each record, but not of those that recovery folds again. */
  readonly onOutcome: (outcome: Outcome['kind'], record: JournalRecord) => void;
  /** Told when recovery met states that were written without their R: what it folded again could not be compared with C. */
  readonly onUnverified?: (() => void) | undefined;
};

export const partitionDefaults = {
  settlePieceMax: 500,
  changedMax: 150_000,
  recordsMax: 300_000,
  inFlightMax: 32,
  cacheBytesMax: 160 * 1024 * 1024,
};

/**
 * One partition, recovered and ready to take records: it folds them, publishes what is said, and applies what is
 * left, in that order. Whatever fails, throw it away and open it anew.
 */
export const openPartition = async <Header, State, Rest, Incoming>(
  core: Core<Header, State, Rest, Incoming>,
  log: Log,
  states: States,
  options: PartitionOptions,
) => {
  const { committed, applied, compareOnceThere } = await takeOneLog(log, states);
  let header = applied ? readable(() => core.decodeHeader(applied.header)) : core.emptyHeader;
  let lastTaken: JournalRecord | undefined;
  const progress = makeProgress({ committed, applied, compareSubscribers: core.compareSubscribers });
  let appliedOffset = progress.offset();
  const torn = makeTornStates(progress, applied?.isUnverified !== true);
  const { launch, landed } = makeInFlight(options.inFlightMax);
  const atHand = makeAtHand(core.states, options.cacheBytesMax);
  const { load, loadFor, prefetch } = makeSubscriberRows({ core, states, atHand, torn });
  const { subscribers, unmoved, queue } = makeSubscribers({ core, states, atHand, progress, torn });
  const { say, handOver, receiptNow } = makeSaying({
    version: core.version,
    committed,
    applied,
    progress,
    torn,
    onUnverified: options.onUnverified,
  });

  const publish = async () => {
    const outputs = handOver();
    if (outputs === undefined) return;
    const receipt = receiptNow();
    await launch(() => log.publish(outputs, receipt).then(() => options.onPublished(outputs)));
  };

  const appliedNow = (rearmedUpTo?: string): Applied => ({
    ...receiptNow(),
    header: core.encodeHeader(header),
    rearmedUpTo,
    lastRecord: lastTaken ? digestOf(lastTaken) : applied?.lastRecord,
    isUnverified: (!torn.isVerified() && progress.isBelowCommitted()) || undefined,
  });

  /** Writes what changed, once all that was said of it is published. */
  const apply = async (rearmedUpTo?: string) => {
    const changes = atHand.drain();
    await launch(() => states.apply(changes, appliedNow(rearmedUpTo)));
    appliedOffset = progress.offset();
    queue.reset();
  };

  /**
   * Below C it is not known yet whether this engine says the same: R stays where another version can begin, unless
   * memory is short.
   */
  const applyIfMuch = async () => {
    if (progress.isBelowCommitted() && !atHand.isCrowded()) return;
    const isMuch = atHand.changedCount() >= options.changedMax || atHand.isCrowded();
    if (isMuch || progress.offset() - appliedOffset >= options.recordsMax) await apply();
  };

  /** Re-arms every subscriber behind one, and has nobody at hand any more. */
  const rearm = async (from: string) => {
    await rearmAll(core, { header, from, states, torn, appliedNow });
    atHand.clear();
    queue.forget();
  };

  /** A piece ends after so many due instants, however many in between had been left: in recovery it must end there too. */
  const settle = async (upTo: number, record: JournalRecord) => {
    let settledInPiece = 0;
    while (queue.mayBeDue(upTo)) {
      await load(await queue.needed(upTo, options.settlePieceMax));
      const { outputs, settled } = core.settleDue(header, subscribers, upTo, options.settlePieceMax - settledInPiece);
      say(outputs, record);
      settledInPiece += settled;
      if (settledInPiece < options.settlePieceMax && !progress.isAtCommittedPiece()) continue;
      settledInPiece = 0;
      progress.endPiece();
      await publish();
      await applyIfMuch();
    }
  };

  /** Folds records, which begin exactly at the expected offset, and publishes what is said. */
  const take = async (records: TakenRecords<Incoming>, isAgain = false): Promise<void> => {
    let found = await loadFor(records);
    for (let n = 0; n < records.length; n += 1) {
      const record = records.at(n) as TakenRecord<Incoming>;
      if (record.offset !== progress.offset())
        throw new Error(`expected offset ${progress.offset()}, not ${record.offset}`);
      const now = core.nowAfter(header, record);
      if (now !== undefined && queue.mayBeDue(now)) {
        await settle(now, record);
        if (found.departures !== atHand.departures()) found = await loadFor(records);
      }
      if (progress.isBelowCommittedPiece()) {
        progress.endCommittedPiece();
        await publish();
      }
      const subscriber = core.subscriberOf(record.incoming);
      const row = found.rows[n] as number;
      if (row !== nowhere) atHand.focus(row, subscriber as string);
      const isIn = subscriber !== undefined && torn.isAhead(subscriber);
      const { outcome, outputs, ...folded } = core.foldRecord(header, isIn ? unmoved : subscribers, record);
      if (outcome.kind === 'stopped') throw new PartitionStopped(outcome.why);
      header = folded.header;
      if (outputs.length > 0 && !isIn) say(outputs, record);
      progress.endRecord();
      lastTaken = record;
      if (!isAgain) options.onOutcome(outcome.kind, record);
      if (outcome.kind !== 'activated') continue;
      await publish();
      await apply('');
      await landed();
      await rearm('');
      found = await loadFor(records);
    }
    await publish();
    await applyIfMuch();
  };

  /** From R to the end of the journal: muted up to C, whose place no step may pass over. */
  const recover = async () => {
    if (applied?.rearmedUpTo !== undefined) await rearm(applied.rearmedUpTo);
    for await (const batch of log.read(progress.offset())) {
      await compareOnceThere();
      const records = batch.map((record) => readRecord(core, record));
      const end = committed?.offset ?? 0;
      const again = records.filter(({ offset }) => offset < end);
      if (again.length > 0) await take(again, true);
      if (again.length < records.length) await take(records.slice(again.length));
    }
    await compareOnceThere();
    await landed();
    if (committed && progress.isBelowCommitted()) {
      throw new PartitionStopped(
        `the journal ends at offset ${progress.offset()}, before the last receipt (${committed.offset})`,
      );
    }
  };

  await recover();
  // Whoever is killed again and again must not fold the same records again and again.
  if (progress.offset() - appliedOffset > options.recordsMax / 10) await apply();

  return {
    take,
    prefetch,
    header: () => header,
    position: progress.position,
    /** The first instant at which something may be due, as far as it is known without asking the store. */
    mayBeDue: queue.mayBeDue,
    /** Waits until all that was said is published. */
    settled: landed,
    /** Writes what changed since it was written last, and does not wait for it. */
    applyChanged: async () => {
      if (progress.offset() > appliedOffset) await apply();
    },
    /** Writes all that changed: a start from here has nothing to fold again. */
    flush: async () => {
      await apply();
      await landed();
    },
  };
};

export type Partition<Header, State, Rest, Incoming> = Awaited<
  ReturnType<typeof openPartition<Header, State, Rest, Incoming>>
>;
