import { dayMs } from '@alo/contracts';
import { lifePolicy } from '../../../packages/domain/src/testing/life-policy.ts';
import { aloLife } from '../alo-life.ts';
import { type Chance, makeChance } from '../seeded.ts';
import { type Bounds, type Strike, strikeKinds } from './machine.ts';

/** One start of `alo run`: what it is given, and what befalls it. */
export type PlannedRun = {
  readonly policy: number;
  readonly file: number;
  /** So many lines of the file are there by now. */
  readonly lines: number;
  readonly until: number | undefined;
  readonly bounds: Bounds;
  readonly strike: Strike | undefined;
  /** From which earlier copy of its database it starts, as a part of one; undefined where it has its own. */
  readonly restoredFrom: number | undefined;
};

/** All of a life of runs that is decided beforehand. */
export type RunsPlan = {
  readonly seed: number;
  /** The policies by their versions, as files. */
  readonly policies: readonly string[];
  readonly files: readonly (readonly Uint8Array[])[];
  readonly maxGapMs: number;
  readonly runs: readonly PlannedRun[];
};

/** What happens in a life more often than elsewhere. */
export type RunsEmphasis = {
  readonly strikes?: readonly Strike['kind'][];
  readonly isRestored?: boolean;
  readonly files?: number;
};

const noLines = ['', ' \t', '{"specversion"', '{"a":1}', '[]', '\ufeff{}'].map((text) => Buffer.from(text));
/** Files are known by their lines, whatever their names: two that begin alike are one that has grown. */
const secondHead = Buffer.from('{"file":2}');
const notUtf8 = Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d);

const linesOf = (chance: Chance, life: readonly Uint8Array[]): Uint8Array[] =>
  life.flatMap((line) => (chance.happens(0.05) ? [line, chance.pick([...noLines, notUtf8])] : [line]));

const boundsOf = (chance: Chance): Bounds => ({
  settlePieceMax: chance.between(1, 5),
  changedMax: chance.pick([1, 2, 5, 1000]),
  recordsMax: chance.pick([1, 5, 20, 1000]),
  cacheBytesMax: chance.pick([1, 900, 1_000_000]),
});

const callsMax = 160;

const strikeOf = (chance: Chance, kinds: readonly Strike['kind'][]): Strike => ({
  call: 1 + Math.floor(chance.unit() ** 1.5 * callsMax),
  kind: chance.pick(kinds),
  how: chance.unit(),
});

const zoneIn = (activation: Uint8Array): string => JSON.parse(Buffer.from(activation).toString()).data.policy.zone;

/** The life of a seed. At its end everything is read to its end, and nothing befalls that run. */
export const planRuns = (seed: number, { strikes, isRestored, files: filesWanted }: RunsEmphasis = {}): RunsPlan => {
  const chance = makeChance(seed, 'runs');
  const life = aloLife(chance, chance.between(8, 60));
  const [activation, ...events] = life.map(({ bytes }) => bytes) as [Uint8Array, ...Uint8Array[]];
  const zone = zoneIn(activation);
  const lines = linesOf(chance, events);
  const isTwoFiles = filesWanted === 2 || (filesWanted === undefined && chance.happens(0.25));
  const cut = isTwoFiles ? chance.between(1, lines.length - 1) : lines.length;
  const files = isTwoFiles ? [lines.slice(0, cut), [secondHead, ...lines.slice(cut)]] : [lines];
  const last = Math.max(...life.map(({ appendedAt }) => appendedAt));
  const versions = chance.happens(0.25) ? [1, 2] : [1];
  const there = files.map(() => 0);
  const struck = chance.between(0, 6);
  const changeAt = chance.below(struck + 1);

  const runOf = (n: number, file: number): PlannedRun => {
    const isLast = n >= struck;
    const all = (files[file] as readonly Uint8Array[]).length;
    there[file] = isLast ? all : Math.min(all, (there[file] as number) + chance.between(0, all));
    return {
      policy: n < changeAt ? 0 : versions.length - 1,
      file,
      lines: there[file] as number,
      until: isLast || chance.happens(0.3) ? last + (isLast ? 40 : chance.between(-20, 20)) * dayMs : undefined,
      bounds: boundsOf(chance),
      strike: isLast || chance.happens(0.15) ? undefined : strikeOf(chance, strikes ?? strikeKinds),
      restoredFrom: chance.happens(isRestored ? 0.4 : 0.06) ? chance.unit() : undefined,
    };
  };
  return {
    seed,
    policies: versions.map((version) => JSON.stringify(lifePolicy(zone, version))),
    files,
    maxGapMs: chance.pick([31, 31, 4]) * dayMs,
    runs: [
      ...Array.from({ length: struck }, (_, n) => runOf(n, chance.below(files.length))),
      ...files.map((_, file) => ({ ...runOf(struck, file), restoredFrom: undefined })),
    ],
  };
};
