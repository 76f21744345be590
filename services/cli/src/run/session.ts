import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Incoming, Instant } from '@alo/contracts';
import { type ActivePolicy, aloCore, type Header, type State, type StateRest, verdictOn } from '@alo/domain';
import {
  type EmbeddedStore,
  openEmbeddedStore,
  openPartition,
  type Partition,
  type Published,
  partitionDefaults,
  WrongUse,
} from '@alo/runtime';
import { type Fed, ownRecord } from './journal-feed.ts';
import { activationText, tickText } from './own-events.ts';
import { asDeadLetter, asTrigger, type Begun, openFileSink, openPipe, type Sink, type SinkMark } from './sink.ts';
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

/** What a run leaves in the store for the next one: how far its sinks are, and the policy that it was given. */
type RunNotes = {
  readonly out?: SinkMark | undefined;
  readonly deadLetters?: SinkMark | undefined;
  readonly isEnded: boolean;
  readonly policyHash: string;
};

export type SessionOptions = {
  readonly store: EmbeddedStore;
  readonly policy: ActivePolicy;
  readonly out: string | undefined;
  readonly deadLetters: string | undefined;
  readonly tally: Tally;
};

type Sinks = { readonly out?: Sink; readonly deadLetters?: Sink };

/** A run's partition with its sinks: what is fed to it is folded, published, and written out. */
export const openSession = async ({ store, policy, out, deadLetters, tally }: SessionOptions) => {
  const before = (await store.readNote('run')) as RunNotes | undefined;
  const unfinished = before?.isEnded ? undefined : before;
  const nextNumber = (await store.log.receipt())?.count ?? 0;
  let sinks: Sinks = {};
  const notes = (isEnded: boolean) => {
    const marks = {
      out: sinks.out?.mark() ?? unfinished?.out,
      deadLetters: sinks.deadLetters?.mark() ?? unfinished?.deadLetters,
    };
    return { run: { ...marks, isEnded, policyHash: policy.name.hash } satisfies RunNotes };
  };
  const partition: Partition<Header, State, StateRest, Incoming> = await openPartition(
    aloCore,
    store.log,
    store.states,
    {
      ...partitionDefaults,
      onPublished: (outputs) => {
        countPublished(tally, outputs);
        sinks.out?.write(outputs);
        sinks.deadLetters?.write(outputs);
        if (sinks.out && out === '-') store.log.note(notes(false));
      },
      onOutcome: (outcome, { line }) => {
        if (line !== undefined) countOutcome(tally, outcome);
      },
    },
  );
  if (before?.policyHash !== policy.name.hash) refuseOtherPolicy(policy, partition.header());
  // What recovery has published is in the store by now: the sinks take it from there.
  sinks = {
    ...(out !== undefined && { out: await openOut(out, store, { mark: unfinished?.out, nextNumber }) }),
    ...(deadLetters !== undefined && {
      deadLetters: await openFileSink(deadLetters, '--dead-letters', asDeadLetter, store, {
        mark: unfinished?.deadLetters,
        nextNumber,
      }),
    }),
  };
  await store.writeNotes(notes(false));

  const take = async ({ appended, records }: Fed) => {
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
    /** Did the policy take effect? The journal itself may have brought a later version since. */
    isActive: () => (partition.header().policy?.name.version ?? 0) >= policy.name.version,
    activate: (at: Instant) => takeOwn(at, activationText(policy, at)),
    tick: (at: Instant) => takeOwn(at, tickText(at)),
    settled: partition.settled,
    /** Leaves nothing to be folded or written again. */
    flush: async () => {
      await partition.flush();
      await sinks.out?.flush();
      await sinks.deadLetters?.flush();
    },
    /** Leaves nothing in the store of what was known of the erased. */
    forget: async () => {
      await partition.flush();
      await store.scrub();
    },
    /** A run that has not ended goes on from here with the same command. */
    close: async (isEnded: boolean) => {
      await store.writeNotes(notes(isEnded));
      sinks.out?.close();
      sinks.deadLetters?.close();
    },
  };
};

export type Session = Awaited<ReturnType<typeof openSession>>;

const openOut = async (path: string, store: EmbeddedStore, begun: Begun): Promise<Sink> => {
  if (path !== '-') return openFileSink(path, '--out', asTrigger, store, begun);
  const sink = openPipe(asTrigger, begun);
  for (let number = sink.mark().fromNumber; ; ) {
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
