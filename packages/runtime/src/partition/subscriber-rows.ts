import { type AtHand, nowhere } from '../at-hand.ts';
import type { Core } from '../core.ts';
import type { States } from '../ports.ts';
import type { TakenRecord, TakenRecords } from '../taken-records.ts';
import { readable } from './readable.ts';
import type { TornStates } from './torn-states.ts';

/** The rows of records' subscribers, side by side with them; they stand as long as nobody has left. */
export type Found<Incoming> = {
  readonly records: TakenRecords<Incoming>;
  readonly rows: Int32Array;
  readonly departures: number;
  readonly missing: ReadonlySet<string>;
};

type Options<Header, State, Rest, Incoming> = {
  readonly core: Pick<Core<Header, State, Rest, Incoming>, 'subscriberOf'>;
  readonly states: Pick<States, 'load'>;
  readonly atHand: AtHand<State, Rest>;
  readonly torn: TornStates;
};

/** Has subscribers at hand before their records are folded, and knows in which row each is. */
export const makeSubscriberRows = <Header, State, Rest, Incoming>({
  core,
  states,
  atHand,
  torn,
}: Options<Header, State, Rest, Incoming>) => {
  type Records = TakenRecords<Incoming>;
  let prefetched: Found<Incoming> | undefined;

  /** Puts these at hand, where they stay until others are loaded. */
  const load = async (wanted: Iterable<string>) => {
    atHand.makeRoom();
    const missing = [...new Set(wanted)].filter((subscriber) => atHand.rowOf(subscriber) === nowhere);
    if (missing.length > 0) await fetch(missing);
  };

  /** What was asked for before the changed were handed to the store is older than what went there. */
  const fetch = async (missing: readonly string[]) => {
    const asked = atHand.drains();
    const stored = await states.load(missing);
    if (asked !== atHand.drains()) return;
    missing.forEach((subscriber, n) => {
      const value = stored[n];
      if (value) torn.meet(subscriber, value);
      readable(() => atHand.admit(subscriber, value));
    });
  };

  const subscriberOf = (records: Records, n: number): string | undefined =>
    records.subscriberAt?.(n) ?? core.subscriberOf((records.at(n) as TakenRecord<Incoming>).incoming);

  const find = (records: Records): Found<Incoming> => {
    const rows = new Int32Array(records.length).fill(nowhere);
    return { records, rows, departures: atHand.departures(), missing: findAgain(records, rows) };
  };

  /** Looks up those that have no row yet, and names the subscribers who are not at hand. */
  const findAgain = (records: Records, rows: Int32Array): ReadonlySet<string> => {
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

  /** What was found before holds as long as nobody has left: then only the others are looked up. */
  const foundSince = (before: Found<Incoming> | undefined, records: Records): Found<Incoming> =>
    before?.departures === atHand.departures()
      ? { ...before, missing: findAgain(records, before.rows) }
      : find(records);

  return {
    load,
    /** Has the subscribers of these records at hand. */
    loadFor: async (records: Records): Promise<Found<Incoming>> => {
      const found = foundSince(prefetched?.records === records ? prefetched : undefined, records);
      if (found.missing.size === 0) return found;
      await load(found.missing);
      return foundSince(found, records);
    },
    /** Asks for the subscribers of records that are taken soon, and does not wait for them. */
    prefetch: (records: Records): void => {
      atHand.makeRoom();
      prefetched = find(records);
      if (prefetched.missing.size > 0) fetch([...prefetched.missing]).catch(() => undefined);
    },
  };
};
