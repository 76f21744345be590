import type { Instant } from '@alo/contracts';
import { LRUCache } from 'lru-cache';
import type { Stored } from './ports.ts';

/** A subscriber at hand. `state` is undefined for whom the store does not know. */
export type Entry<State> = { state: State | undefined; dueAt: Instant | undefined };

/** What an entry costs besides its state, and how much larger a state is in memory than packed. */
const entryBytes = 400;
const unpackedTimes = 4;

/**
 * The subscribers at hand: the changed ones, which stay until they are stored, and as many others as
 * fit into a bound in bytes, the least recently used leaving first.
 */
export const makeSubscriberCache = <State>(bytesMax: number) => {
  const recent = new LRUCache<string, Entry<State>>({ maxSize: bytesMax });
  const changed = new Map<string, Entry<State>>();

  const sizeOf = (packedBytes: number) => ({ size: entryBytes + packedBytes * unpackedTimes });
  const get = (subscriber: string) => recent.get(subscriber) ?? changed.get(subscriber);

  return {
    get,
    isLoaded: (subscriber: string) => recent.has(subscriber) || changed.has(subscriber),
    /** Takes what was loaded, unless something newer is at hand. */
    admit: (subscriber: string, stored: Stored | undefined, decode: (bytes: Uint8Array) => State) => {
      if (get(subscriber)) return;
      const state = stored && decode(stored.value);
      recent.set(subscriber, { state, dueAt: stored?.dueAt }, sizeOf(stored?.value.length ?? 0));
    },
    /** Puts a changed state in place, and tells when something was due before. */
    change: (subscriber: string, state: State, dueAt: Instant | undefined): Instant | undefined => {
      const entry = get(subscriber) ?? { state: undefined, dueAt: undefined };
      const dueBefore = entry.dueAt;
      entry.state = state;
      entry.dueAt = dueAt;
      changed.set(subscriber, entry);
      return dueBefore;
    },
    changedCount: () => changed.size,
    /** Hands over all that changed, packed; from now on it counts as stored. */
    drain: (encode: (state: State) => Uint8Array) => {
      const changes = [...changed].map(([subscriber, entry]) => {
        const value = encode(entry.state as State);
        recent.set(subscriber, entry, sizeOf(value.length));
        return { subscriber, value, dueAt: entry.dueAt };
      });
      changed.clear();
      return changes;
    },
    clear: () => {
      recent.clear();
      changed.clear();
    },
  };
};

export type SubscriberCache<State> = ReturnType<typeof makeSubscriberCache<State>>;
