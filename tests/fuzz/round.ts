import fc from 'fast-check';
import { type Door, Fault } from './door.ts';

/** A second's cases of one door; a seed decides which. Or the one at the end of a path. */
export type Round = { readonly door: string; readonly seed: number; readonly path?: string | undefined };

/** What was found: the smallest case that shows it. */
export type Finding = {
  readonly door: string;
  readonly kind: 'wrong' | 'hangs' | 'crashes';
  readonly seed: number;
  readonly path: string;
  readonly why: string;
  readonly input: string;
};

export type RoundResult = {
  readonly ran: number;
  readonly taken: number;
  readonly refused: number;
  readonly finding: Finding | undefined;
};

export type RoundOptions = {
  /** Of one case, in ms of processor time: a machine that others use as well is no fault. */
  readonly cpuMsMax: number;
  /** How long to look for a smaller case than the first. */
  readonly shrinkMsMax: number;
  /** Told of each case before it is tried. Which one it is, counted from where the round began, stands still once one has failed. */
  readonly onCase?: (n: number) => void;
};

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const inTime = async <Result>(most: number, act: () => Promise<Result>): Promise<Result> => {
  const before = cpuMs();
  const result = await act();
  const tookMs = cpuMs() - before;
  if (tookMs > most) throw new Fault(`took ${Math.round(tookMs)} ms of processor time, and ${most} are much`);
  return result;
};

const whyOf = (error: unknown): string =>
  error instanceof Fault ? error.message : error instanceof Error ? `${error.stack}` : `threw ${String(error)}`;

type Counts = { ran: number; taken: number; refused: number };

/** Tries a round of cases, and shrinks the first that is wrong. */
export const runRound = async (door: Door, { seed, path }: Omit<Round, 'door'>, options: RoundOptions) => {
  const { cpuMsMax, shrinkMsMax, onCase = () => undefined } = options;
  const counts: Counts = { ran: 0, taken: 0, refused: 0 };
  let failedAtMs: number | undefined;
  const tryOne = async (one: unknown): Promise<void> => {
    if (failedAtMs === undefined) onCase(counts.ran);
    // Whatever is not tried any more counts as right, so that what was found stays the smallest.
    else if (performance.now() - failedAtMs > shrinkMsMax) return;
    const outcome = await inTime(cpuMsMax, () => door.tryCase(one));
    if (failedAtMs !== undefined) return;
    counts.ran += 1;
    counts[outcome] += 1;
  };
  const property = fc.asyncProperty(door.cases, (one) =>
    tryOne(one).catch((error) => {
      failedAtMs ??= performance.now();
      throw error;
    }),
  );
  const numRuns = path === undefined ? door.casesPerRound : 1;
  const details = await fc.check(property, { seed, numRuns, ...(path !== undefined && { path }) });
  return { ...counts, finding: await findingOf(door, seed, details) } satisfies RoundResult;
};

const findingOf = async (
  door: Door,
  seed: number,
  { counterexample, counterexamplePath, errorInstance }: fc.RunDetails<[unknown]>,
): Promise<Finding | undefined> => {
  if (counterexample === null) return undefined;
  const [smallest] = counterexample;
  const place = { door: door.name, kind: 'wrong', seed, path: counterexamplePath ?? '' } as const;
  return { ...place, why: whyOf(errorInstance), input: await door.show(smallest) };
};
