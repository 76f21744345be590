import { hash } from 'node:crypto';
import { makeAtHand, nowhere } from './at-hand.ts';
import type { Core, Outcome, ReadRecord, StateCodec, Subscribers } from './core.ts';
import { makeDueQueue } from './due-queue.ts';
import { PartitionStopped } from './errors.ts';
import type { Applied, Due, JournalRecord, Log, Position, Published, Receipt, States } from './ports.ts';
import { nothingSaid, publishable, type Said } from './publishable.ts';

/** A record of the journal, read. */
export type TakenRecord<Incoming> = JournalRecord & ReadRecord<Incoming>;

/** Records in a row, as an array has them or made when they are asked for: what nobody holds dies young. */
export type TakenRecords<Incoming> = {
  readonly length: number;
  readonly at: (n: number) => TakenRecord<Incoming> | undefined;
  /** Whose record it is, where that is known without making it. */
  readonly subscriberAt?: (n: number) => string | undefined;
};

/** Reads a record, once. */
export const readRecord = <Header, State, Rest, Incoming>(
  { read }: Core<Header, State, Rest, Incoming>,
  { offset, appendedAt, ahead, bytes, line }: JournalRecord,
): TakenRecord<Incoming> => ({ offset, appendedAt, ahead, bytes, line, incoming: read(bytes) });

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

const rearmPieceMax = 2000;

const samePlace = (a: Due, b: Due) => a.dueAt === b.dueAt && a.subscriber === b.subscriber;

/** A whole state from, and to, what a store holds. */
const decodeState = <State, Rest>(codec: StateCodec<State, Rest>, value: Uint8Array): State => {
  const { hot, rest } = codec.decode(value);
  return codec.thaw(Buffer.from(hot.buffer, hot.byteOffset, hot.length), 0, hot.length, rest);
};

const encodeState = <State, Rest>(codec: StateCodec<State, Rest>, state: State): Uint8Array => {
  const hot = Buffer.allocUnsafe(codec.hotBytesMax(state));
  return Uint8Array.from(codec.encode(hot, 0, codec.writeHot(state, hot, 0), codec.restOf(state, undefined)));
};

/** Reads what an engine has left in the store. What cannot be read stops the partition, for it will not mend itself. */
const readable = <Value>(read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    throw new PartitionStopped(`${(error as Error).message}: the store is broken, or another alo wrote it`);
  }
};

const comparePositions = (a: Position, b: Position) => a.offset - b.offset || a.step - b.step;

/** R says which record came last. Where the log holds another there, it is another log. Tells whether it holds one. */
const refuseOtherLog = async (log: Log, { offset, lastRecord }: Applied): Promise<boolean> => {
  const record = lastRecord === undefined ? undefined : await log.record(offset - 1);
  if (!record || digestOf(record) === lastRecord) return record !== undefined;
  throw new PartitionStopped(
    `the journal holds another record at offset ${offset - 1} than the one that the states were made from: it is not the same log`,
  );
};

const digestOf = ({ bytes }: JournalRecord): string => hash('sha256', bytes);

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
  // First the states are taken. Whoever takes over while C is read has taken them too, and is met by the second look.
  await states.applied();
  const committed = await log.receipt();
  const applied = await states.applied();
  const isAtLeast = committed && applied && comparePositions(applied, committed) >= 0;
  if (isAtLeast && (applied.count !== committed.count || applied.digest !== committed.digest)) {
    throw new PartitionStopped(
      `the states are at offset ${applied.offset}, at the log's last receipt or past it, and know of other outputs: this engine or another says something else, or it is not the same log`,
    );
  }
  if (!committed && applied && applied.count > 0) {
    throw new PartitionStopped(
      `the states know of ${applied.count} outputs, and the log of none: it is not the same log`,
    );
  }
  let isCompared = !applied || (await refuseOtherLog(log, applied));
  let header = applied ? readable(() => core.decodeHeader(applied.header)) : core.emptyHeader;
  let position: Position = applied ? { offset: applied.offset, step: applied.step } : { offset: 0, step: 0 };
  let said: Said = applied ? { count: applied.count, digest: applied.digest } : nothingSaid;
  let lastTaken: JournalRecord | undefined;
  /** The due item that was asked for last, and the last that was settled: the place in the midst of a record. */
  let asked: Due | undefined;
  let settledLast: Due | undefined = applied?.settled;
  /** Whoever was written without R, by where it stands: its records up to there are in it already. */
  const standing = new Map<string, number>();
  let isVerified = applied?.isUnverified !== true;
  let pending: Published[] = [];
  let appliedOffset = position.offset;
  /** How often the changed states were handed to the store: what was asked for before is older than what went there. */
  let drains = 0;
  const inFlight: Promise<void>[] = [];

  const atHand = makeAtHand(core.states, options.cacheBytesMax);
  const dueAtOf = (subscriber: string) => {
    const row = atHand.rowOf(subscriber);
    return row === nowhere ? undefined : atHand.dueIn(row);
  };
  /** After half a write the index may be too early: whoever is woken without cause is indexed anew from its state. */
  const indexAnew = ({ subscriber }: Due) => {
    const row = atHand.rowOf(subscriber);
    if (row === nowhere) return;
    const dueAt = atHand.dueIn(row);
    if (dueAt !== undefined) queue.add({ dueAt, subscriber });
    if (atHand.isChanged(row)) return;
    isVerified = false;
    // What stands ahead cannot be written yet, and its place is known here alone: it must not leave before its turn.
    if (position.offset >= (standing.get(subscriber) ?? 0)) atHand.rewrite(row);
    else atHand.hold(row);
  };
  const queue = makeDueQueue({
    states,
    compareSubscribers: core.compareSubscribers,
    dueAtOf,
    onLeft: indexAnew,
  });

  const subscribers: Subscribers<State> = {
    state: (subscriber) => {
      const row = atHand.rowOf(subscriber);
      return row === nowhere ? undefined : atHand.stateIn(row);
    },
    keep: (subscriber, state, dueAt) => {
      if (asked?.subscriber === subscriber) settledLast = asked;
      asked = undefined;
      const dueBefore = atHand.change(subscriber, state, dueAt);
      if (dueAt !== undefined && dueAt !== dueBefore) queue.add({ dueAt, subscriber });
    },
    firstDue: (upTo) => {
      asked = queue.first(upTo);
      return asked && isPastCommittedPiece(asked) ? undefined : asked;
    },
  };

  /** For whom this record is in its state already: nothing is kept. */
  const unmoved: Subscribers<State> = { ...subscribers, keep: () => undefined };

  /** C stands in the midst of this record's due items, and they are not settled up to there yet. */
  const isBelowCommittedPiece = () =>
    committed?.settled !== undefined && committed.offset === position.offset && position.step < committed.step;

  const isPastCommittedPiece = (due: Due) => {
    if (!isBelowCommittedPiece()) return false;
    const place = committed?.settled as Due;
    return (due.dueAt - place.dueAt || core.compareSubscribers(due.subscriber, place.subscriber)) > 0;
  };

  /** Puts these at hand, where they stay until others are loaded. */
  const load = async (wanted: Iterable<string>) => {
    atHand.makeRoom();
    const missing = [...new Set(wanted)].filter((subscriber) => atHand.rowOf(subscriber) === nowhere);
    if (missing.length > 0) await fetch(missing);
  };

  const fetch = async (missing: readonly string[]) => {
    const asked = drains;
    const stored = await states.load(missing);
    if (asked !== drains) return;
    missing.forEach((subscriber, n) => {
      const standsAt = stored[n]?.standsAt ?? 0;
      if (standsAt > position.offset) standAt(subscriber, standsAt);
      readable(() => atHand.admit(subscriber, stored[n]));
    });
  };

  const standAt = (subscriber: string, standsAt: number) => {
    standing.set(subscriber, standsAt);
    isVerified = false;
  };

  const say = (outputs: Parameters<typeof publishable>[0][], at: JournalRecord) => {
    for (const output of outputs) {
      const made = publishable(output, at, said);
      said = made.said;
      pending.push(made.published);
    }
  };

  const receiptNow = (): Receipt => ({
    ...position,
    ...(position.step > 0 && { settled: settledLast }),
    ...said,
    version: core.version,
  });

  /** Below C everything is published: fold it again, muted, and at C have said the same. */
  const isMuted = (): boolean => {
    if (!committed) return false;
    const order = comparePositions(position, committed);
    if (order === 0 && !isVerified) takeOver(committed);
    if (order === 0 && (said.digest !== committed.digest || said.count !== committed.count)) {
      throw new PartitionStopped(
        `at offset ${position.offset} this engine (${core.version}) has said something else than engine ` +
          `${committed.version} published: ${said.count} outputs, digest ${said.digest.slice(0, 12)}, against ` +
          `${committed.count}, digest ${committed.digest.slice(0, 12)}`,
      );
    }
    return order <= 0;
  };

  /** What was folded without all of its states cannot say again what was said: C is believed. */
  const takeOver = ({ count, digest }: Receipt) => {
    said = { count, digest };
    isVerified = true;
    options.onUnverified?.();
  };

  /** Starts a write, once few enough are under way. Rejects where one of those has failed. */
  const launch = async (write: () => Promise<void>) => {
    while (inFlight.length >= options.inFlightMax) await inFlight.shift();
    const writing = write();
    writing.catch(() => undefined);
    inFlight.push(writing);
  };

  const landed = async () => {
    for (const writing of inFlight.splice(0)) await writing;
  };

  const publish = async () => {
    const outputs = pending;
    pending = [];
    if (isMuted()) return;
    const receipt = receiptNow();
    await launch(() => log.publish(outputs, receipt).then(() => options.onPublished(outputs)));
  };

  const isBelowCommitted = (): boolean => committed !== undefined && comparePositions(position, committed) < 0;

  const appliedNow = (rearmedUpTo?: string): Applied => ({
    ...receiptNow(),
    header: core.encodeHeader(header),
    rearmedUpTo,
    lastRecord: lastTaken ? digestOf(lastTaken) : applied?.lastRecord,
    isUnverified: (!isVerified && isBelowCommitted()) || undefined,
  });

  /** Writes what changed, once all that was said of it is published. */
  const apply = async (rearmedUpTo?: string) => {
    drains += 1;
    const changes = atHand.drain();
    await launch(() => states.apply(changes, appliedNow(rearmedUpTo)));
    appliedOffset = position.offset;
    queue.reset();
  };

  /**
   * Below C it is not known yet whether this engine says the same: R stays where another version can begin, unless
   * memory is short.
   */
  const applyIfMuch = async () => {
    if (isBelowCommitted() && !atHand.isCrowded()) return;
    const isMuch = atHand.changedCount() >= options.changedMax || atHand.isCrowded();
    if (isMuch || position.offset - appliedOffset >= options.recordsMax) await apply();
  };

  /** After an activation every subscriber is re-armed, in bounded pieces, before the next record. */
  const rearmAll = async (from: string) => {
    for (let after: string | undefined = from; after !== undefined; ) {
      const found = await states.scan(after, rearmPieceMax);
      after = found.length < rearmPieceMax ? undefined : found.at(-1)?.subscriber;
      const changes = found.map(({ subscriber, value, dueAt, standsAt = 0 }) => {
        if (standsAt > position.offset) return standAt(subscriber, standsAt);
        const state = readable(() => decodeState(core.states, value));
        const rearmed = core.rearm(header, subscriber, state);
        if (rearmed.state === state && rearmed.dueAt === dueAt) return undefined;
        return {
          subscriber,
          value: rearmed.state === state ? value : encodeState(core.states, rearmed.state),
          dueAt: rearmed.dueAt,
        };
      });
      await states.apply(
        changes.filter((change) => change !== undefined),
        appliedNow(after),
      );
    }
    atHand.clear();
    queue.forget();
  };

  /** A piece ends after so many due instants, however many in between had been left: in recovery it must end there too. */
  const settle = async (upTo: number, record: JournalRecord) => {
    let settledInPiece = 0;
    while (queue.mayBeDue(upTo)) {
      await load(await queue.needed(upTo, options.settlePieceMax));
      const { outputs, settled } = core.settleDue(header, subscribers, upTo, options.settlePieceMax - settledInPiece);
      say([...outputs], record);
      settledInPiece += settled;
      const isAtCommitted = asked !== undefined && isPastCommittedPiece(asked);
      if (settledInPiece < options.settlePieceMax && !isAtCommitted) continue;
      settledInPiece = 0;
      position = { offset: record.offset, step: nextStep(isAtCommitted) };
      await publish();
      await applyIfMuch();
    }
  };

  /** Below C the pieces may have other bounds than when it was said: C's own step is reached at its place, no sooner. */
  const nextStep = (isAtCommitted: boolean): number => {
    if (!isBelowCommittedPiece()) return position.step + 1;
    const { step, settled } = committed as Receipt;
    const isThere = isAtCommitted || (settledLast !== undefined && samePlace(settledLast, settled as Due));
    return isThere ? step : Math.min(position.step + 1, step - 1);
  };

  /** Nothing more is due below C: whoever was settled there last has it in its state already, or C is another engine's. */
  const endCommittedPiece = async () => {
    position = { offset: position.offset, step: (committed as Receipt).step };
    await publish();
  };

  /** The rows of records' subscribers, side by side with them; they stand as long as nobody has left. */
  type Found = {
    readonly records: TakenRecords<Incoming>;
    readonly rows: Int32Array;
    readonly departures: number;
    readonly missing: ReadonlySet<string>;
  };
  let prefetched: Found | undefined;

  const subscriberOf = (records: Found['records'], n: number): string | undefined =>
    records.subscriberAt?.(n) ?? core.subscriberOf((records.at(n) as TakenRecord<Incoming>).incoming);

  const find = (records: Found['records']): Found => {
    const rows = new Int32Array(records.length).fill(nowhere);
    return { records, rows, departures: atHand.departures(), missing: findAgain(records, rows) };
  };

  /** Looks up those that have no row yet, and names the subscribers who are not at hand. */
  const findAgain = (records: Found['records'], rows: Int32Array): ReadonlySet<string> => {
    const missing = new Set<string>();
    for (let n = 0; n < records.length; n += 1) {
      if (rows[n] !== nowhere) continue;
      const subscriber = subscriberOf(records, n);
      if (subscriber === undefined) continue;
      rows[n] = atHand.rowOf(subscriber);
      if (rows[n] === nowhere) missing.add(subscriber);
    }
    return missing;
  };

  /** Has the subscribers of these records at hand. */
  const loadFor = async (records: Found['records']): Promise<Found> => {
    const found = foundSince(prefetched?.records === records ? prefetched : undefined, records);
    if (found.missing.size === 0) return found;
    await load(found.missing);
    return foundSince(found, records);
  };

  /** What was found before holds as long as nobody has left: then only the others are looked up. */
  const foundSince = (before: Found | undefined, records: Found['records']): Found =>
    before?.departures === atHand.departures()
      ? { ...before, missing: findAgain(records, before.rows) }
      : find(records);

  /** Folds records, which begin exactly at the expected offset, and publishes what is said. */
  const take = async (records: TakenRecords<Incoming>, isAgain = false): Promise<void> => {
    let found = await loadFor(records);
    for (let n = 0; n < records.length; n += 1) {
      const record = records.at(n) as TakenRecord<Incoming>;
      if (record.offset !== position.offset)
        throw new Error(`expected offset ${position.offset}, not ${record.offset}`);
      const now = core.nowAfter(header, record);
      if (now !== undefined && queue.mayBeDue(now)) {
        await settle(now, record);
        if (found.departures !== atHand.departures()) found = await loadFor(records);
      }
      if (isBelowCommittedPiece()) await endCommittedPiece();
      const row = found.rows[n] as number;
      if (row !== nowhere) atHand.focus(row, core.subscriberOf(record.incoming) as string);
      const isIn = standing.size > 0 && isStanding(record);
      const { outcome, outputs, ...folded } = core.foldRecord(header, isIn ? unmoved : subscribers, record);
      if (outcome.kind === 'stopped') throw new PartitionStopped(outcome.why);
      header = folded.header;
      if (outputs.length > 0 && !isIn) say([...outputs], record);
      position = { offset: record.offset + 1, step: 0 };
      lastTaken = record;
      if (!isAgain) options.onOutcome(outcome.kind, record);
      if (outcome.kind !== 'activated') continue;
      await publish();
      await apply('');
      await landed();
      await rearmAll('');
      found = await loadFor(records);
    }
    await publish();
    await applyIfMuch();
  };

  /** Is the record in its subscriber's state already? */
  const isStanding = ({ incoming, offset }: TakenRecord<Incoming>): boolean => {
    const subscriber = core.subscriberOf(incoming);
    return subscriber !== undefined && offset < (standing.get(subscriber) ?? 0);
  };

  /** The record before R may not have been there yet; once the log is read from R on, it is there or gone for good. */
  const compareOnceThere = async () => {
    if (!isCompared) await refuseOtherLog(log, applied as Applied);
    isCompared = true;
  };

  /** From R to the end of the journal: muted up to C, whose place no step may pass over. */
  const recover = async () => {
    if (applied?.rearmedUpTo !== undefined) await rearmAll(applied.rearmedUpTo);
    for await (const batch of log.read(position.offset)) {
      await compareOnceThere();
      const records = batch.map((record) => readRecord(core, record));
      const end = committed?.offset ?? 0;
      const again = records.filter(({ offset }) => offset < end);
      if (again.length > 0) await take(again, true);
      if (again.length < records.length) await take(records.slice(again.length));
    }
    await compareOnceThere();
    await landed();
    if (committed && comparePositions(position, committed) < 0) {
      throw new PartitionStopped(
        `the journal ends at offset ${position.offset}, before the last receipt (${committed.offset})`,
      );
    }
  };

  await recover();
  // Whoever is killed again and again must not fold the same records again and again.
  if (position.offset - appliedOffset > options.recordsMax / 10) await apply();

  return {
    take,
    /** Asks for the subscribers of records that are taken soon, and does not wait for them. */
    prefetch: (records: TakenRecords<Incoming>) => {
      atHand.makeRoom();
      prefetched = find(records);
      if (prefetched.missing.size > 0) fetch([...prefetched.missing]).catch(() => undefined);
    },
    header: () => header,
    position: () => position,
    /** The first instant at which something may be due, as far as it is known without asking the store. */
    mayBeDue: queue.mayBeDue,
    /** Waits until all that was said is published. */
    settled: async () => {
      await landed();
    },
    /** Writes what changed since it was written last, and does not wait for it. */
    applyChanged: async () => {
      if (position.offset > appliedOffset) await apply();
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
