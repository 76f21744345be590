import { aloEnd, aloLife } from './alo-life.ts';
import type { CoreName, Version } from './cores.ts';
import { countingEnd, countingLife, type LifeRecord } from './counting-life.ts';
import { type Chance, makeChance } from './seeded.ts';
import type { Trouble } from './world.ts';

/** A record, and when it is appended. */
export type PlannedRecord = LifeRecord & { readonly atUs: number; readonly partition: number };

/** What befalls the world. */
export const faultKinds = [
  'kill',
  'kill-recovering',
  'pause',
  'pause-recovering',
  'stop',
  'rebalance',
  'member-crash',
  'redis-restart',
  'redis-torn',
  'redis-old-copy',
  'redis-cut',
  'redis-full',
  'redis-down',
  'transaction-timeout',
  'markers-lost',
  'compaction',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What none survives without a decision: the engine must stop, or go on rightly. At most one in a run. */
export const disasterKinds = ['kafka-old-copy', 'journal-cut', 'receipts-lost', 'head-gone'] as const;
export type DisasterKind = (typeof disasterKinds)[number];

/** What makes of a disaster two, of which nothing is promised. */
const neverBesideDisaster: ReadonlySet<FaultKind> = new Set(['redis-torn', 'markers-lost']);

/** Whom and how hard a fault strikes, as parts of one: what they mean is the fault's to say. */
export type PlannedFault = {
  readonly atUs: number;
  readonly kind: FaultKind | DisasterKind;
  readonly whom: number;
  readonly much: number;
  readonly how: number;
};

export type EngineBounds = {
  readonly settlePieceMax: number;
  readonly changedMax: number;
  readonly recordsMax: number;
  readonly cacheBytesMax: number;
};

/** All of a run that is decided beforehand. What is left out of it makes a smaller run of the same seed. */
export type Plan = {
  readonly seed: number;
  readonly core: CoreName;
  readonly partitions: number;
  readonly engines: number;
  readonly versions: readonly Version[];
  readonly bounds: readonly EngineBounds[];
  readonly trouble: Trouble;
  readonly records: readonly PlannedRecord[];
  /** Appended once everything goes well again. */
  readonly ending: readonly (LifeRecord & { readonly partition: number })[];
  readonly faults: readonly PlannedFault[];
};

/** What happens in a run more often than elsewhere. */
export type Emphasis = {
  readonly core?: CoreName;
  readonly versions?: readonly Version[];
  readonly faults?: readonly FaultKind[];
  readonly disaster?: DisasterKind;
  readonly trouble?: Partial<Trouble>;
  readonly bounds?: Partial<EngineBounds>;
  /** How much time passes from one record to the next, in ms: one of these. */
  readonly gapsMs?: readonly number[] | undefined;
};

const firstFaultUs = 20_000;

const troubleOf = (chance: Chance): Trouble => {
  const isCalm = chance.happens(0.3);
  const rate = () => (isCalm || chance.happens(0.4) ? 0 : chance.pick([0.003, 0.01, 0.03]));
  return {
    lost: rate(),
    unanswered: rate(),
    late: rate(),
    slow: rate(),
    moved: isCalm ? 0 : chance.pick([0, 0, 0.05]),
    instant: chance.pick([0, 0.5, 0.7, 0.85]),
  };
};

const boundsOf = (chance: Chance): EngineBounds => ({
  settlePieceMax: chance.between(1, 5),
  changedMax: chance.pick([1, 2, 3, 5, 1000]),
  recordsMax: chance.pick([1, 3, 5, 8, 1000]),
  cacheBytesMax: chance.pick([1, 900, 1_000_000]),
});

const versionsOf = (chance: Chance): readonly Version[] => {
  const at = chance.unit();
  if (at < 0.75) return ['one'];
  return at < 0.85 ? ['one', 'same'] : ['one', 'one', 'other'];
};

const lifeOf = (core: CoreName, chance: Chance, records: number, gapsMs: Emphasis['gapsMs']) =>
  core === 'counting' ? countingLife(chance, records, gapsMs) : aloLife(chance, records);

const recordsOf = (
  chance: Chance,
  core: CoreName,
  { partitions, spanUs, gapsMs }: Pick<Plan, 'partitions'> & Pick<Emphasis, 'gapsMs'> & { readonly spanUs: number },
): PlannedRecord[] =>
  Array.from({ length: partitions }, (_, partition) => {
    const life = lifeOf(core, chance, chance.between(4, core === 'counting' ? 44 : 36), gapsMs);
    return life.map((record, n) => ({
      ...record,
      partition,
      atUs: n === 0 ? 0 : Math.floor(chance.unit() ** 1.5 * spanUs),
    }));
  }).flat();

/** In the order in which they come; the append times go with the places, and not with what comes there. */
const inTime = (records: readonly PlannedRecord[], partition: number): PlannedRecord[] => {
  const own = records.filter((record) => record.partition === partition);
  const times = own.map(({ atUs }) => atUs).sort((a, b) => a - b);
  return own.map((record, n) => ({ ...record, atUs: times[n] as number }));
};

/**
 * Intake writes some twice, and some later than others that came after them. Where another log takes the place of the
 * first, no two records are the same: by its last record one is told from the other.
 */
const disordered = (chance: Chance, records: readonly PlannedRecord[], isTwice: boolean): PlannedRecord[] => {
  const bytes = records.map((record) => record.bytes);
  for (let n = 2; n < bytes.length; n += 1) {
    if (isTwice && chance.happens(0.03)) bytes[n] = bytes[n - 1] as Uint8Array;
    else if (chance.happens(0.05)) [bytes[n - 1], bytes[n]] = [bytes[n] as Uint8Array, bytes[n - 1] as Uint8Array];
  }
  return records.map((record, n) => ({ ...record, bytes: Uint8Array.from(bytes[n] as Uint8Array) }));
};

const faultsOf = (
  chance: Chance,
  spanUs: number,
  { faults: wanted, disaster }: Emphasis,
  isDisastrous: boolean,
): PlannedFault[] => {
  const isIn = () => chance.happens(wanted ? 0.2 : 0.45);
  const some = faultKinds.filter((kind) => isIn() && !(isDisastrous && neverBesideDisaster.has(kind)));
  const kinds = [...some, ...(wanted ?? [])];
  const faultAt = (kind: FaultKind | DisasterKind): PlannedFault => ({
    atUs: firstFaultUs + chance.below(spanUs),
    kind,
    whom: chance.unit(),
    much: chance.unit(),
    how: chance.unit(),
  });
  const usual =
    kinds.length === 0
      ? []
      : Array.from({ length: chance.between(wanted ? 3 : 0, 12) }, () => faultAt(chance.pick(kinds)));
  const all = isDisastrous ? [...usual, faultAt(disaster ?? chance.pick(disasterKinds))] : usual;
  return all.sort((a, b) => a.atUs - b.atUs);
};

/** The life of a seed. */
export const planOf = (seed: number, emphasis: Emphasis = {}): Plan => {
  const chance = makeChance(seed, 'plan');
  const core = emphasis.core ?? (chance.happens(0.04) ? 'alo' : 'counting');
  const partitions = emphasis.versions === undefined && chance.happens(0.1) ? 2 : 1;
  const spanUs = chance.between(100_000, 1_200_000);
  const isDisastrous = emphasis.disaster !== undefined || (emphasis.faults === undefined && chance.happens(0.06));
  const made = recordsOf(chance, core, { partitions, spanUs, gapsMs: emphasis.gapsMs });
  const records = Array.from({ length: partitions }, (_, n) =>
    disordered(chance, inTime(made, n), !isDisastrous),
  ).flat();
  const engines = chance.pick([1, 2, 2, 3]);
  return {
    seed,
    core,
    partitions,
    engines,
    // An engine has one version for all of its partitions, and each may need another to go on; nor are two things to
    // be decided at once.
    versions: partitions > 1 || isDisastrous ? ['one', 'same'] : (emphasis.versions ?? versionsOf(chance)),
    bounds: Array.from({ length: engines + 1 }, () => ({ ...boundsOf(chance), ...emphasis.bounds })),
    trouble: { ...troubleOf(chance), ...emphasis.trouble },
    records,
    ending: endingOf(core, records, partitions),
    faults: faultsOf(chance, spanUs, emphasis, isDisastrous),
  };
};

const endingOf = (core: CoreName, records: readonly PlannedRecord[], partitions: number): Plan['ending'] =>
  Array.from({ length: partitions }, (_, partition) => {
    const own = records.filter((record) => record.partition === partition);
    const last = Math.max(...own.map(({ appendedAt }) => appendedAt));
    return (core === 'counting' ? countingEnd(last) : aloEnd(last)).map((record) => ({ ...record, partition }));
  }).flat();
