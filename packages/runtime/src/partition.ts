import { makeAtHand, nowhere } from './at-hand.ts';
import type { Core, Outcome, ReadRecord, StateCodec, Subscribers } from './core.ts';
import { makeDueQueue } from './due-queue.ts';
import { PartitionStopped } from './errors.ts';
import type { Applied, JournalRecord, Log, Position, Published, Receipt, States } from './ports.ts';
import { nothingSaid, publishable, type Said } from './publishable.ts';

/** A record of the journal, read. */
export type TakenRecord<Incoming> = JournalRecord & ReadRecord<Incoming>;

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
};

export const partitionDefaults = {
  settlePieceMax: 500,
  changedMax: 150_000,
  recordsMax: 300_000,
  inFlightMax: 32,
  cacheBytesMax: 160 * 1024 * 1024,
};

const rearmPieceMax = 2000;

/** A whole state from, and to, what a store holds. */
const decodeState = <State, Rest>(codec: StateCodec<State, Rest>, value: Uint8Array): State => {
  const { hot, rest } = codec.decode(value);
  return codec.thaw(Buffer.from(hot.buffer, hot.byteOffset, hot.length), 0, hot.length, rest);
};

const encodeState = <State, Rest>(codec: StateCodec<State, Rest>, state: State): Uint8Array => {
  const hot = Buffer.allocUnsafe(codec.hotBytesMax(state));
  return Uint8Array.from(codec.encode(hot, 0, codec.writeHot(state, hot, 0), codec.restOf(state, undefined)));
};

const comparePositions = (a: Position, b: Position) => a.offset - b.offset || a.step - b.step;

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
  const committed = await log.receipt();
  const applied = await states.applied();
  if (committed && applied && comparePositions(applied, committed) > 0 && applied.count > committed.count) {
    throw new PartitionStopped(`the states are at offset ${applied.offset}, past the log's last receipt`);
  }

  let header = applied ? core.decodeHeader(applied.header) : core.emptyHeader;
  let position: Position = applied ? { offset: applied.offset, step: applied.step } : { offset: 0, step: 0 };
  let said: Said = applied ? { count: applied.count, digest: applied.digest } : nothingSaid;
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
  const queue = makeDueQueue({ states, compareSubscribers: core.compareSubscribers, dueAtOf });

  const subscribers: Subscribers<State> = {
    state: (subscriber) => {
      const row = atHand.rowOf(subscriber);
      return row === nowhere ? undefined : atHand.stateIn(row);
    },
    keep: (subscriber, state, dueAt) => {
      const dueBefore = atHand.change(subscriber, state, dueAt);
      if (dueAt !== undefined && dueAt !== dueBefore) queue.add({ dueAt, subscriber });
    },
    firstDue: queue.first,
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
      atHand.admit(subscriber, stored[n]);
    });
  };

  const say = (outputs: Parameters<typeof publishable>[0][], at: JournalRecord) => {
    for (const output of outputs) {
      const made = publishable(output, at, said);
      said = made.said;
      pending.push(made.published);
    }
  };

  const receiptNow = (): Receipt => ({ ...position, ...said, version: core.version });

  /** Below C everything is published: fold it again, muted, and at C have said the same. */
  const isMuted = (): boolean => {
    if (!committed) return false;
    const order = comparePositions(position, committed);
    if (order === 0 && (said.digest !== committed.digest || said.count !== committed.count)) {
      throw new PartitionStopped(
        `at offset ${position.offset} this engine (${core.version}) has said something else than engine ` +
          `${committed.version} published: ${said.count} outputs, digest ${said.digest.slice(0, 12)}, against ` +
          `${committed.count}, digest ${committed.digest.slice(0, 12)}`,
      );
    }
    return order <= 0;
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

  const appliedNow = (rearmedUpTo?: string): Applied => ({
    ...receiptNow(),
    header: core.encodeHeader(header),
    rearmedUpTo,
  });

  /** Writes what changed, once all that was said of it is published. */
  const apply = async (rearmedUpTo?: string) => {
    drains += 1;
    const changes = atHand.drain();
    await launch(() => states.apply(changes, appliedNow(rearmedUpTo)));
    appliedOffset = position.offset;
    queue.reset();
  };

  const applyIfMuch = async () => {
    const isMuch = atHand.changedCount() >= options.changedMax || atHand.isCrowded();
    if (isMuch || position.offset - appliedOffset >= options.recordsMax) await apply();
  };

  /** After an activation every subscriber is re-armed, in bounded pieces, before the next record. */
  const rearmAll = async (from: string) => {
    for (let after: string | undefined = from; after !== undefined; ) {
      const found = await states.scan(after, rearmPieceMax);
      after = found.length < rearmPieceMax ? undefined : found.at(-1)?.subscriber;
      const changes = found.map(({ subscriber, value, dueAt }) => {
        const state = decodeState(core.states, value);
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
    queue.reset();
  };

  /** A piece ends after so many due instants, however many in between had been left: in recovery it must end there too. */
  const settle = async (upTo: number, record: JournalRecord) => {
    let settledInPiece = 0;
    while (queue.mayBeDue(upTo)) {
      await load(await queue.needed(upTo, options.settlePieceMax));
      const { outputs, settled } = core.settleDue(header, subscribers, upTo, options.settlePieceMax - settledInPiece);
      say([...outputs], record);
      settledInPiece += settled;
      if (settledInPiece < options.settlePieceMax) continue;
      settledInPiece = 0;
      position = { offset: record.offset, step: position.step + 1 };
      await publish();
      await applyIfMuch();
    }
  };

  /** The rows of records' subscribers, side by side with them; they stand as long as nobody has left. */
  type Found = {
    readonly records: readonly TakenRecord<Incoming>[];
    readonly rows: Int32Array;
    readonly departures: number;
    readonly missing: ReadonlySet<string>;
  };
  let prefetched: Found | undefined;

  const find = (records: Found['records']): Found => {
    const rows = new Int32Array(records.length).fill(nowhere);
    return { records, rows, departures: atHand.departures(), missing: findAgain(records, rows) };
  };

  /** Looks up those that have no row yet, and names the subscribers who are not at hand. */
  const findAgain = (records: Found['records'], rows: Int32Array): ReadonlySet<string> => {
    const missing = new Set<string>();
    for (let n = 0; n < records.length; n += 1) {
      if (rows[n] !== nowhere) continue;
      const subscriber = core.subscriberOf((records[n] as TakenRecord<Incoming>).incoming);
      if (subscriber === undefined) continue;
      rows[n] = atHand.rowOf(subscriber);
      if (rows[n] === nowhere) missing.add(subscriber);
    }
    return missing;
  };

  /** Has the subscribers of these records at hand. */
  const loadFor = async (records: Found['records']): Promise<Found> => {
    const before = prefetched?.records === records ? prefetched : undefined;
    const isStanding = before !== undefined && before.departures === atHand.departures();
    const found = isStanding ? { ...before, missing: findAgain(records, before.rows) } : find(records);
    if (found.missing.size === 0) return found;
    await load(found.missing);
    return find(records);
  };

  /** Folds records, which begin exactly at the expected offset, and publishes what is said. */
  const take = async (records: readonly TakenRecord<Incoming>[], isAgain = false): Promise<void> => {
    let found = await loadFor(records);
    for (let n = 0; n < records.length; n += 1) {
      const record = records[n] as TakenRecord<Incoming>;
      if (record.offset !== position.offset)
        throw new Error(`expected offset ${position.offset}, not ${record.offset}`);
      const now = core.nowAfter(header, record);
      if (now !== undefined && queue.mayBeDue(now)) {
        await settle(now, record);
        if (found.departures !== atHand.departures()) found = await loadFor(records);
      }
      const row = found.rows[n] as number;
      if (row !== nowhere) atHand.focus(row, core.subscriberOf(record.incoming) as string);
      const { outcome, outputs, ...folded } = core.foldRecord(header, subscribers, record);
      if (outcome.kind === 'stopped') throw new PartitionStopped(outcome.why);
      header = folded.header;
      if (outputs.length > 0) say([...outputs], record);
      position = { offset: record.offset + 1, step: 0 };
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

  /** From R to the end of the journal: muted up to C, whose place no step may pass over. */
  const recover = async () => {
    if (applied?.rearmedUpTo !== undefined) await rearmAll(applied.rearmedUpTo);
    for await (const batch of log.read(position.offset)) {
      const records = batch.map((record) => ({ ...record, incoming: core.read(record.bytes) }));
      const end = committed?.offset ?? 0;
      const again = records.filter(({ offset }) => offset < end);
      if (again.length > 0) await take(again, true);
      if (again.length < records.length) await take(records.slice(again.length));
    }
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
    prefetch: (records: readonly TakenRecord<Incoming>[]) => {
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
