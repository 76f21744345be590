import type { Instant } from '@alo/contracts';
import type { Stored } from './ports.ts';

/** A subscriber at hand. `state` is undefined for whom the store does not know. */
export type Entry<State> = {
  readonly subscriber: string;
  state: State | undefined;
  dueAt: Instant | undefined;
  isChanged: boolean;
  /** What it is taken to weigh in memory; measured when it is packed. */
  bytes: number;
};

/** What an entry weighs besides its state, and how much larger a state is in memory than packed. */
const entryBytes = 400;
const unpackedTimes = 2;
const weightOf = (packedBytes: number) => entryBytes + packedBytes * unpackedTimes;

/**
 * The subscribers at hand: the changed ones, which stay until they are stored, and others up to a bound in bytes.
 * Two generations stand in for an order of use, which costs more than all else here: whoever is asked for moves into
 * the young one, and once that has grown to half of the bound, the old one is dropped and the young one grows old.
 */
export const makeSubscriberCache = <State>(bytesMax: number) => {
  let young = new Map<string, Entry<State>>();
  let old = new Map<string, Entry<State>>();
  let youngBytes = 0;
  let changed = new Map<string, Entry<State>>();
  let departures = 0;

  const enter = (entry: Entry<State>): Entry<State> => {
    young.set(entry.subscriber, entry);
    youngBytes += entry.bytes;
    return entry;
  };

  let last: Entry<State> | undefined;

  /** The one that was asked for last is asked for again at once: to be folded, and to be kept. */
  const get = (subscriber: string): Entry<State> | undefined => {
    if (last?.subscriber === subscriber) return last;
    last = find(subscriber) ?? last;
    return last?.subscriber === subscriber ? last : undefined;
  };

  const find = (subscriber: string): Entry<State> | undefined => {
    const entry = young.get(subscriber);
    if (entry !== undefined) return entry;
    const elder = old.get(subscriber) ?? changed.get(subscriber);
    return elder && enter(elder);
  };

  return {
    get,
    /** Drops what is over the bound; whoever is asked for afterwards stays until this is called again. */
    makeRoom: () => {
      if (youngBytes <= bytesMax / 2) return;
      old = young;
      young = new Map();
      youngBytes = 0;
      last = undefined;
      departures += 1;
    },
    /** How often entries have left: what was asked for before may be another's by now. */
    departures: () => departures,
    /** Takes what was loaded, unless something newer is at hand. */
    admit: (subscriber: string, stored: Stored | undefined, decode: (bytes: Uint8Array) => State) => {
      if (get(subscriber)) return;
      const bytes = weightOf(stored?.value.length ?? 0);
      enter({ subscriber, state: stored && decode(stored.value), dueAt: stored?.dueAt, isChanged: false, bytes });
    },
    /** Puts a changed state in place, and tells when something was due before. */
    change: (subscriber: string, state: State, dueAt: Instant | undefined): Instant | undefined => {
      const entry =
        get(subscriber) ?? enter({ subscriber, state, dueAt: undefined, isChanged: false, bytes: entryBytes });
      const dueBefore = entry.dueAt;
      entry.state = state;
      entry.dueAt = dueAt;
      if (!entry.isChanged) {
        entry.isChanged = true;
        changed.set(subscriber, entry);
      }
      return dueBefore;
    },
    /** Makes this the one that is asked for next. */
    focus: (entry: Entry<State>) => {
      last = entry;
    },
    changedCount: () => changed.size,
    /** Hands over all that changed; from now on it counts as stored. */
    drain: (): ReadonlyMap<string, Entry<State>> => {
      const drained = changed;
      changed = new Map();
      for (const entry of drained.values()) entry.isChanged = false;
      return drained;
    },
    /** Tells what a state weighs, once it has been packed. */
    weigh: (entry: Entry<State>, packedBytes: number) => {
      const bytes = weightOf(packedBytes);
      youngBytes += bytes - entry.bytes;
      entry.bytes = bytes;
    },
    clear: () => {
      young.clear();
      old.clear();
      changed.clear();
      youngBytes = 0;
      last = undefined;
      departures += 1;
    },
  };
};

export type SubscriberCache<State> = ReturnType<typeof makeSubscriberCache<State>>;
