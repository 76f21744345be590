import type { Sent } from './resp.ts';

/** What was written at once: a command, or all between MULTI and EXEC. */
type Unit = { readonly writes: readonly Sent[]; readonly isHalf: boolean; isDormant: boolean };

export const textOf = (arg: Buffer | string | undefined): string => String(arg);
const bytesOf = (arg: Buffer | string): Buffer => (typeof arg === 'string' ? Buffer.from(arg) : arg);

const isOfR = ({ writes, isHalf }: Unit): boolean =>
  isHalf || writes.some(({ name, args }) => name === 'SET' && textOf(args[0]).endsWith(':header'));

/** How a restart leaves what was written last. */
export type Loss = {
  /** So many units are gone. */
  readonly lost: number;
  /** So many writes of the first that is gone are there all the same: at once, or at the next restart. */
  readonly torn: { readonly writes: number; readonly when: 'now' | 'next' } | undefined;
};

/** Keys and values, and the file of all that was written, from which they are made again after a restart. */
export const makeKeyspace = () => {
  const strings = new Map<string, Buffer>();
  const sortedSets = new Map<string, Map<string, number>>();
  const versions = new Map<string, number>();
  let units: Unit[] = [];
  let changes = 0;

  const touch = (key: string) => {
    changes += 1;
    versions.set(key, changes);
  };

  const setAll = (args: Sent['args']) => {
    for (let at = 0; at < args.length; at += 2) {
      const key = textOf(args[at]);
      strings.set(key, bytesOf(args[at + 1] as Buffer));
      touch(key);
    }
    return 'OK';
  };

  const sortedSet = (key: string) => {
    const found = sortedSets.get(key) ?? new Map<string, number>();
    sortedSets.set(key, found);
    return found;
  };

  const addAll = ([key, ...args]: Sent['args']) => {
    const isLess = textOf(args[0]) === 'LT';
    const set = sortedSet(textOf(key));
    for (let at = isLess ? 1 : 0; at < args.length; at += 2) {
      const score = Number(textOf(args[at]));
      const member = textOf(args[at + 1]);
      if (!isLess || score < (set.get(member) ?? Number.POSITIVE_INFINITY)) set.set(member, score);
    }
    return 0;
  };

  const removeAll = ([key, ...members]: Sent['args']) => {
    for (const member of members) sortedSet(textOf(key)).delete(textOf(member));
    return 0;
  };

  const apply = ({ name, args }: Sent): unknown => {
    if (name === 'SET' || name === 'MSET') return setAll(args);
    return name === 'ZADD' ? addAll(args) : removeAll(args);
  };

  const load = () => {
    strings.clear();
    sortedSets.clear();
    for (const { writes, isDormant } of units) if (!isDormant) for (const write of writes) apply(write);
    for (const unit of units) unit.isDormant = false;
  };

  /**
   * The beginning of a unit that is gone, as a file that was cut leaves it. Two halves never follow each other without an
   * R between them: the first may bring one that the values of the second stand behind, which no mark can tell.
   */
  const tornOf = (before: readonly Unit[], gone: Unit | undefined, torn: Loss['torn']): Unit[] => {
    if (!gone || !torn || gone.writes.length < 2 || before.findLast(isOfR)?.isHalf) return [];
    const writes = gone.writes.slice(0, 1 + (torn.writes % (gone.writes.length - 1)));
    return [{ writes, isHalf: true, isDormant: torn.when === 'next' }];
  };

  return {
    strings,
    sortedSets,
    version: (key: string): number => versions.get(key) ?? 0,
    /** How much was ever written and not lost, in units. */
    written: (): number => units.length,
    write: (writes: readonly Sent[]): unknown[] => {
      units.push({ writes, isHalf: false, isDormant: false });
      return writes.map(apply);
    },
    /** How many units from the end on a write of several values lies: the first of them back from there. */
    lastOfMany: (lost: number): number => {
      let at = Math.max(0, units.length - lost);
      while (at > 0 && (units[at]?.writes.length ?? 0) < 3) at -= 1;
      return units.length - at;
    },
    /** Starts again from the file. */
    restart: ({ lost, torn }: Loss): void => {
      const kept = Math.max(0, units.length - lost);
      units = [...units.slice(0, kept), ...tornOf(units.slice(0, kept), units[kept], torn)];
      load();
    },
  };
};

export type Keyspace = ReturnType<typeof makeKeyspace>;
