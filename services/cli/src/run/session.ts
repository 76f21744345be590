import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Incoming, Instant } from '@alo/contracts';
import { type ActivePolicy, type Header, type State, verdictOn } from '@alo/domain';
import {
  type EmbeddedStore,
  InfrastructureError,
  openEmbeddedStore,
  openPartition,
  type Partition,
  type Published,
  partitionDefaults,
  WrongUse,
} from '@alo/runtime';
import { aloCore } from '../alo-core.ts';
import { type Fed, ownRecord } from './journal-feed.ts';
import { activationText, tickText } from './own-events.ts';
import { asDeadLetter, asTrigger, openFileSink, openPipe, type Sink, type SinkMark } from './sink.ts';
import { countOutcome, countPublished, type Tally } from './tally.ts';

/** The name of the database in a `--data` folder. */
export const databaseName = 'alo.db';

/** Opens the store of a run: in `--data`, or in a folder that is gone afterwards. */
export const openRunStore = async (data: string | undefined) => {
  const folder = data === undefined ? await mkdtemp(join(tmpdir(), 'alo-')) : resolve(data);
  if (data !== undefined) {
    await mkdir(folder, { recursive: true }).catch((error) => {
      throw new WrongUse(`--data ${data} is no folder and cannot be made: ${error.message}`);
    });
  }
  const forget = () => (data === undefined ? rm(folder, { recursive: true, force: true }) : Promise.resolve());
  try {
    const store = await openEmbeddedStore(join(folder, databaseName));
    return { store, folder, close: () => store.close().then(forget) };
  } catch (error) {
    await forget();
    throw error;
  }
};

type SinkNotes = { readonly out?: SinkMark; readonly deadLetters?: SinkMark; readonly isEnded: boolean };

export type SessionOptions = {
  readonly store: EmbeddedStore;
  readonly policy: ActivePolicy;
  readonly out: string | undefined;
  readonly deadLetters: string | undefined;
  readonly tally: Tally;
};

/** A run's partition with its sinks: what is fed to it is folded, published, and written out. */
export const openSession = async ({ store, policy, out, deadLetters, tally }: SessionOptions) => {
  const before = (await store.readNote('sinks')) as SinkNotes | undefined;
  const nextNumber = (await store.log.receipt())?.count ?? 0;
  const begun = (mark: SinkMark | undefined) => ({ mark: before?.isEnded ? undefined : mark, nextNumber });
  const sinks: { readonly out?: Sink; readonly deadLetters?: Sink } = {
    ...(out !== undefined && { out: await openOut(out, store, begun(before?.out)) }),
    ...(deadLetters !== undefined && {
      deadLetters: await openFileSink(deadLetters, '--dead-letters', asDeadLetter, store, begun(before?.deadLetters)),
    }),
  };
  const notes = (isEnded: boolean) => ({
    sinks: { out: sinks.out?.mark(), deadLetters: sinks.deadLetters?.mark(), isEnded },
  });
  await store.writeNotes(notes(false));

  let failure: Error | undefined;
  const onPublished = (outputs: readonly Published[]) => {
    countPublished(tally, outputs);
    sinks.out?.write(outputs);
    sinks.deadLetters?.write(outputs);
    if (sinks.out?.mark().path === '-') store.log.note(notes(false));
  };
  const partition: Partition<Header, State, Incoming> = await openPartition(aloCore, store.log, store.states, {
    ...partitionDefaults,
    onPublished,
    onOutcome: (outcome, { line }) => {
      if (line !== undefined) countOutcome(tally, outcome);
    },
  });
  refuseOtherPolicy(policy, partition.header());

  const take = async ({ appended, records }: Fed) => {
    if (failure) throw failure;
    store.log.append(appended);
    await partition.take(records);
  };
  const takeOwn = (at: Instant, text: string) => take(ownRecord(partition.position().offset, at, text));

  return {
    take,
    prefetch: ({ records }: Fed) => partition.prefetch(records),
    now: () => partition.header().now,
    nextOffset: () => partition.position().offset,
    mayBeDue: partition.mayBeDue,
    isActive: () => partition.header().policy?.name.hash === policy.name.hash,
    activate: (at: Instant) => takeOwn(at, activationText(policy, at)),
    tick: (at: Instant) => takeOwn(at, tickText(at)),
    settled: partition.settled,
    /** Ends cleanly: nothing is left to be folded again, and the sinks are whole. */
    end: async () => {
      await partition.flush();
      await store.writeNotes(notes(true));
      sinks.out?.close();
      sinks.deadLetters?.close();
    },
    /** Stops in mid-run: the same command goes on from here. */
    suspend: async () => {
      await partition.flush();
      await store.writeNotes(notes(false));
      sinks.out?.close();
      sinks.deadLetters?.close();
    },
    fail: (error: Error) => {
      failure = error instanceof InfrastructureError ? error : new InfrastructureError(error.message);
    },
  };
};

export type Session = Awaited<ReturnType<typeof openSession>>;

const openOut = async (
  path: string,
  store: EmbeddedStore,
  begun: { readonly mark: SinkMark | undefined; readonly nextNumber: number },
): Promise<Sink> => {
  if (path !== '-') return openFileSink(path, '--out', asTrigger, store, begun);
  const fromNumber = begun.mark?.path === '-' ? begun.mark.fromNumber : begun.nextNumber;
  const sink = openPipe(asTrigger, fromNumber);
  for (let number = fromNumber; ; ) {
    const page = await store.outputs(number, 1000);
    if (page.length === 0) return sink;
    sink.write(page);
    number = (page.at(-1) as Published).number + 1;
  }
};

/** The store runs one policy id for its life, and versions only rise. */
const refuseOtherPolicy = (policy: ActivePolicy, { policy: running }: Header): void => {
  if (!running || policy.name.hash === running.name.hash) return;
  const verdict = verdictOn(policy, running);
  if (verdict.kind === 'refused' || verdict.kind === 'stopped') {
    throw new WrongUse(`${verdict.why}; give this policy a store of its own with --data, or raise its version`);
  }
  if (verdict.kind === 'older') {
    throw new WrongUse(
      `the store runs policy ${running.name.id} version ${running.name.version}, and this is version ` +
        `${policy.name.version}: versions only rise`,
    );
  }
};
