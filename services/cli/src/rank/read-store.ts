import type { Incoming, Instant } from '@alo/contracts';
import { type ActivePolicy, aloCore, decodeState, type Header, type State, type StateRest } from '@alo/domain';
import {
  type EmbeddedStore,
  openEmbeddedStore,
  openPartition,
  type Partition,
  partitionDefaults,
  WrongUse,
} from '@alo/runtime';

/** Opens a store, and closes it whatever happens. */
export const withStore = async <Result>(
  file: string,
  use: (store: EmbeddedStore) => Promise<Result>,
): Promise<Result> => {
  const store = await openEmbeddedStore(file);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
};

/** What the store runs and when it stands, once all that its journal holds is in its states. */
export const recovered = async (
  store: EmbeddedStore,
): Promise<{ readonly policy: ActivePolicy; readonly now: Instant }> => {
  const { log, states } = store;
  const partition: Partition<Header, State, StateRest, Incoming> = await openPartition(aloCore, log, states, {
    ...partitionDefaults,
    onPublished: () => undefined,
    onOutcome: () => undefined,
  });
  await partition.flush();
  const { policy, now } = partition.header();
  if (!policy || now === undefined) throw new WrongUse('the store runs no policy yet: nothing was fed to it');
  return { policy, now };
};

/** So many subscribers are in memory at a time. */
export const pageMax = 2000;

/** Every subscriber of a store, in order of UTF-8 bytes. */
export async function* subscribersOf({ states }: EmbeddedStore): AsyncGenerator<readonly [string, State]> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: Awaited<ReturnType<typeof states.scan>> = await states.scan(after, pageMax);
    for (const { subscriber, value } of page) yield [subscriber, decodeState(value)];
    after = page.length < pageMax ? undefined : page.at(-1)?.subscriber;
  }
}
