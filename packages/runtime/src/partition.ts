import type { Core, Outcome, ReadRecord, Subscribers } from './core.ts';
import { makeDueQueue } from './due-queue.ts';
import { PartitionStopped } from './errors.ts';
import type { Applied, JournalRecord, Log, Position, Published, Receipt, States } from './ports.ts';
import { nothingSaid, publishable, type Said } from './publishable.ts';
import { makeSubscriberCache } from './subscriber-cache.ts';

/** A record of the journal, read. */
export type TakenRecord<Incoming> = JournalRecord & ReadRecord<Incoming>;

export type PartitionOptions = {
  /** No more due instants than this in one piece of work. */
  readonly settlePieceMax: number;
  /** States are written after so many changed subscribers. */
  readonly changedMax: number;
  /** Bound of the states at hand, in bytes. */
  readonly cacheBytesMax: number;
  /** Told of each output once it is published, in their order; never of what was published before. */
  readonly onPublished: (outputs: readonly Published[]) => void;
  /** Told what came of each record, but not of those that recovery folds again. */
  readonly onOutcome: (outcome: Outcome['kind'], record: JournalRecord) => void;
};

export const partitionDefaults = { settlePieceMax: 500, changedMax: 50_000, cacheBytesMax: 192 * 1024 * 1024 };

const rearmPieceMax = 2000;

const comparePositions = (a: Position, b: Position) => a.offset - b.offset || a.step - b.step;

/**
 * One partition, recovered and ready to take records: it folds them, publishes what is said, and applies what is
 * left, in that order. Whatever fails, throw it away and open it anew.
 */
export const openPartition = async <Header, State, Incoming>(
  core: Core<Header, State, Incoming>,
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
  let position: Position = applied ?? { offset: 0, step: 0 };
  let said: Said = applied ?? nothingSaid;
  let pending: Published[] = [];
  let inFlight: Promise<unknown> = Promise.resolve();

  const cache = makeSubscriberCache<State>(options.cacheBytesMax);
  const queue = makeDueQueue({ states, compareSubscribers: core.compareSubscribers, entryOf: cache.get });

  const subscribers: Subscribers<State> = {
    state: (subscriber) => cache.get(subscriber)?.state,
    keep: (subscriber, state, dueAt) => {
      const dueBefore = cache.change(subscriber, state, dueAt);
      if (dueAt !== undefined && dueAt !== dueBefore) queue.add({ dueAt, subscriber });
    },
    firstDue: queue.first,
  };

  const load = async (wanted: Iterable<string>) => {
    const missing = [...new Set(wanted)].filter((subscriber) => !cache.isLoaded(subscriber));
    if (missing.length === 0) return;
    const stored = await states.load(missing);
    missing.forEach((subscriber, n) => {
      cache.admit(subscriber, stored[n], core.decodeState);
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

  const publish = async () => {
    const outputs = pending;
    pending = [];
    if (isMuted()) return;
    const receipt = receiptNow();
    await inFlight;
    inFlight = log.publish(outputs, receipt).then(() => options.onPublished(outputs));
    inFlight.catch(() => undefined);
  };

  const appliedNow = (rearmedUpTo?: string): Applied => ({
    ...receiptNow(),
    header: core.encodeHeader(header),
    rearmedUpTo,
  });

  /** Writes what changed, once all that was said of it is published. */
  const apply = async (rearmedUpTo?: string) => {
    await inFlight;
    const changes = cache.drain(core.encodeState);
    inFlight = states.apply(changes, appliedNow(rearmedUpTo));
    inFlight.catch(() => undefined);
    queue.reset();
  };

  /** After an activation every subscriber is re-armed, in bounded pieces, before the next record. */
  const rearmAll = async (from: string) => {
    for (let after: string | undefined = from; after !== undefined; ) {
      const found = await states.scan(after, rearmPieceMax);
      after = found.length < rearmPieceMax ? undefined : found.at(-1)?.subscriber;
      const changes = found.map(({ subscriber, value, dueAt }) => {
        const state = core.decodeState(value);
        const rearmed = core.rearm(header, state);
        if (rearmed.state === state && rearmed.dueAt === dueAt) return undefined;
        return {
          subscriber,
          value: rearmed.state === state ? value : core.encodeState(rearmed.state),
          dueAt: rearmed.dueAt,
        };
      });
      await states.apply(
        changes.filter((change) => change !== undefined),
        appliedNow(after),
      );
    }
    cache.clear();
    queue.reset();
  };

  const settle = async (upTo: number, record: JournalRecord) => {
    while (queue.mayBeDue(upTo)) {
      await load(await queue.needed(upTo, options.settlePieceMax));
      const { outputs, settled } = core.settleDue(header, subscribers, upTo, options.settlePieceMax);
      say([...outputs], record);
      if (settled < options.settlePieceMax) continue;
      position = { offset: record.offset, step: position.step + 1 };
      await publish();
      if (cache.changedCount() >= options.changedMax) await apply();
    }
  };

  const loadFor = (records: readonly TakenRecord<Incoming>[]) =>
    load(records.flatMap(({ incoming }) => core.subscriberOf(incoming) ?? []));

  /** Folds records, which begin exactly at the expected offset, and publishes what is said. */
  const take = async (records: readonly TakenRecord<Incoming>[], isAgain = false): Promise<void> => {
    await loadFor(records);
    for (const [n, record] of records.entries()) {
      if (record.offset !== position.offset)
        throw new Error(`expected offset ${position.offset}, not ${record.offset}`);
      const now = core.nowAfter(header, record);
      if (now !== undefined && queue.mayBeDue(now)) await settle(now, record);
      const subscriber = core.subscriberOf(record.incoming);
      if (subscriber !== undefined && !cache.isLoaded(subscriber)) await loadFor(records.slice(n));
      const { outcome, outputs, ...folded } = core.foldRecord(header, subscribers, record);
      if (outcome.kind === 'stopped') throw new PartitionStopped(outcome.why);
      header = folded.header;
      if (outputs.length > 0) say([...outputs], record);
      position = { offset: record.offset + 1, step: 0 };
      if (!isAgain) options.onOutcome(outcome.kind, record);
      if (outcome.kind !== 'activated') continue;
      await publish();
      await apply('');
      await inFlight;
      await rearmAll('');
    }
    await publish();
    if (cache.changedCount() >= options.changedMax) await apply();
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
    await inFlight;
    if (committed && comparePositions(position, committed) < 0) {
      throw new PartitionStopped(
        `the journal ends at offset ${position.offset}, before the last receipt (${committed.offset})`,
      );
    }
  };

  await recover();

  return {
    take,
    header: () => header,
    position: () => position,
    /** The first instant at which something may be due, as far as it is known without asking the store. */
    mayBeDue: queue.mayBeDue,
    /** Waits until all that was said is published. */
    settled: async () => {
      await inFlight;
    },
    /** Writes all that changed: a start from here has nothing to fold again. */
    flush: async () => {
      await apply();
      await inFlight;
    },
  };
};

export type Partition<Header, State, Incoming> = Awaited<ReturnType<typeof openPartition<Header, State, Incoming>>>;
