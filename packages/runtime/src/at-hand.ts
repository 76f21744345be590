import type { Instant } from '@alo/contracts';
import type { StateCodec } from './core.ts';
import type { Change, Stored } from './ports.ts';
import { makeShelf } from './shelf.ts';

/** Who is not at hand. */
export const nowhere = -1;

/** What a subscriber at hand weighs besides its bytes: its name, its place in the index, its row. */
const rowBytes = 160;

/**
 * The subscribers at hand, each in a row of some columns: the changed ones, which stay until they are stored, and
 * others up to a bound in bytes. Those asked for since room was made last are young; once the young fill half of the
 * bound, all others leave. That stands in for an order of use, which costs more than all else here.
 */
export const makeAtHand = <State, Rest>(codec: StateCodec<State, Rest>, bytesMax: number) => {
  const shelf = makeShelf();
  const rows = new Map<string, number>();
  let names: (string | undefined)[] = [];
  let rests: (Rest | undefined)[] = [];
  /** NaN where nothing falls due. */
  let dueAt = new Float64Array(1024);
  /** The round in which a row was asked for last. */
  let roundOf = new Uint32Array(1024);
  let isChanged = new Uint8Array(1024);
  let freeRows: number[] = [];
  let changed: number[] = [];
  /** Unchanged, and not to leave all the same. */
  const held = new Set<number>();
  let round = 1;
  let youngBytes = 0;
  let departures = 0;
  let drains = 0;
  let lastName: string | undefined;
  let lastRow = nowhere;

  const touch = (row: number): void => {
    if (roundOf[row] === round) return;
    roundOf[row] = round;
    youngBytes += rowBytes + shelf.bytesOf(row) + codec.restBytes(rests[row]);
  };

  /** Puts a state in a row, and weighs what it has grown by. */
  const place = (row: number, hotEnd: number, rest: Rest): void => {
    const before = rests[row];
    const restGrowth = rest === before ? 0 : codec.restBytes(rest) - codec.restBytes(before);
    const growth = restGrowth - shelf.bytesOf(row);
    shelf.put(row, hotEnd);
    rests[row] = rest;
    if (roundOf[row] === round) youngBytes += growth + shelf.bytesOf(row);
  };

  const newRow = (name: string): number => {
    const row = freeRows.pop() ?? names.length;
    if (row >= dueAt.length) widen();
    names[row] = name;
    rests[row] = undefined;
    dueAt[row] = Number.NaN;
    isChanged[row] = 0;
    roundOf[row] = 0;
    rows.set(name, row);
    return row;
  };

  const widen = (): void => {
    const length = dueAt.length * 2;
    const before = { dueAt, roundOf, isChanged };
    dueAt = new Float64Array(length);
    dueAt.set(before.dueAt);
    roundOf = new Uint32Array(length);
    roundOf.set(before.roundOf);
    isChanged = new Uint8Array(length);
    isChanged.set(before.isChanged);
  };

  /** The row of a subscriber, who then counts as asked for. The last one is asked for again at once. */
  const rowOf = (name: string): number => {
    if (name === lastName) return lastRow;
    const row = rows.get(name);
    if (row === undefined) return nowhere;
    touch(row);
    lastName = name;
    lastRow = row;
    return row;
  };

  const leave = (row: number): void => {
    rows.delete(names[row] as string);
    names[row] = undefined;
    rests[row] = undefined;
    shelf.free(row);
    freeRows.push(row);
  };

  const isCrowded = (): boolean => youngBytes > bytesMax / 2;

  const dueOf = (row: number): Instant | undefined => {
    const at = dueAt[row] as number;
    return Number.isNaN(at) ? undefined : at;
  };

  function* changesOf(drained: readonly number[]): Generator<Change> {
    for (const row of drained) {
      const rest = rests[row] as Rest;
      const value = codec.encode(shelf.pageOf(row), shelf.startOf(row), shelf.endOf(row), rest);
      const change = { subscriber: names[row] as string, value, dueAt: dueOf(row) };
      yield codec.isErased(rest) ? { ...change, isErased: true } : change;
    }
  }

  return {
    rowOf,
    /** The next question is about this one. */
    focus: (row: number, name: string): void => {
      lastName = name;
      lastRow = row;
    },
    /** The state in a row; undefined for whom the store does not know. */
    stateIn: (row: number): State | undefined => {
      const rest = rests[row];
      return rest && codec.thaw(shelf.pageOf(row), shelf.startOf(row), shelf.endOf(row), rest);
    },
    dueIn: dueOf,
    /** Should what changed be stored, so that it may leave? */
    isCrowded,
    /** Lets go of whoever is over the bound; whoever is asked for afterwards stays until this is called again. */
    makeRoom: (): void => {
      if (isCrowded()) {
        for (let row = 0; row < names.length; row += 1) {
          const isOver = names[row] !== undefined && roundOf[row] !== round;
          if (isOver && isChanged[row] === 0 && !held.has(row)) leave(row);
        }
        round += 1;
        youngBytes = 0;
        lastName = undefined;
        departures += 1;
      }
      shelf.tidy();
    },
    /** How often some have left: a row that was found before may be another's by now. */
    departures: (): number => departures,
    /** How often the changed were handed over: what was asked for before is older than what went to the store. */
    drains: (): number => drains,
    /** Takes what was loaded, unless something newer is at hand. */
    admit: (name: string, stored: Stored | undefined): void => {
      if (rowOf(name) !== nowhere) return;
      // Read before it has a row: of whom nothing can be read, nothing is at hand.
      const decoded = stored && codec.decode(stored.value);
      const row = newRow(name);
      if (decoded) {
        const { hot, rest } = decoded;
        shelf.reserve(hot.length);
        shelf.page().set(hot, shelf.top());
        place(row, shelf.top() + hot.length, rest);
        dueAt[row] = stored.dueAt ?? Number.NaN;
      }
      touch(row);
    },
    /** Puts a changed state in place, and tells when something was due before. */
    change: (name: string, state: State, due: Instant | undefined): Instant | undefined => {
      const found = rowOf(name);
      const row = found === nowhere ? newRow(name) : found;
      const dueBefore = dueOf(row);
      shelf.reserve(codec.hotBytesMax(state));
      place(row, codec.writeHot(state, shelf.page(), shelf.top()), codec.restOf(state, rests[row]));
      dueAt[row] = due ?? Number.NaN;
      touch(row);
      if (isChanged[row] === 0) {
        isChanged[row] = 1;
        changed.push(row);
      }
      return dueBefore;
    },
    /** Has what the store holds of this one written anew. */
    rewrite: (row: number): void => {
      if (isChanged[row] === 1 || rests[row] === undefined) return;
      isChanged[row] = 1;
      changed.push(row);
    },
    /** It stays, though unchanged, until what has changed is handed over. */
    hold: (row: number): void => {
      held.add(row);
    },
    isChanged: (row: number): boolean => isChanged[row] === 1,
    changedCount: (): number => changed.length,
    /** Hands over all that changed, to be gone through at once; from now on it counts as stored. */
    drain: (): Iterable<Change> => {
      drains += 1;
      const drained = changed;
      changed = [];
      held.clear();
      for (const row of drained) isChanged[row] = 0;
      return changesOf(drained);
    },
    clear: (): void => {
      rows.clear();
      shelf.clear();
      names = [];
      rests = [];
      freeRows = [];
      changed = [];
      held.clear();
      isChanged.fill(0);
      youngBytes = 0;
      lastName = undefined;
      departures += 1;
    },
  };
};

export type AtHand<State, Rest> = ReturnType<typeof makeAtHand<State, Rest>>;
