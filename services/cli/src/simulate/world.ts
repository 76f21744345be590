import { type Instant, parseInstant } from '@alo/contracts';
import { dayOf } from './calendar.ts';
import { fork, type Seed } from './random.ts';

/** What to simulate; every option but `subscribers` and `days` has a default. */
export type SimulateOptions = {
  /** Subscribers are named s-1 to s-N. */
  readonly subscribers: number;
  /** Civil days in Asia/Ho_Chi_Minh, from the one that `start` lies in. */
  readonly days: number;
  /** The same seed and options give the same bytes. */
  readonly seed?: number | string | undefined;
  readonly start?: Instant | undefined;
  /** Charges of a subscriber a day on average, whatever is spent; everything else adds about 0.05, and one profile. */
  readonly chargesPerDay?: number | undefined;
  /** The share of lines that come once more, minutes to weeks later. */
  readonly duplicateShare?: number | undefined;
  /** The share of usage and faults that come late, by a minute to 30 days. */
  readonly lateShare?: number | undefined;
  /** The share of lines that are damaged, so that alo must refuse them. */
  readonly brokenShare?: number | undefined;
};

/** The options with their defaults, as the parts of the simulation use them. */
export type World = {
  readonly seed: Seed;
  readonly subscribers: number;
  readonly startDay: number;
  readonly days: number;
  readonly chargesPerDay: number;
  readonly duplicateShare: number;
  readonly lateShare: number;
  readonly brokenShare: number;
};

/** Where a simulation starts unless told otherwise. */
export const startDefault: Instant = parseInstant('2026-01-01T00:00:00+07:00');

/** A subscriber's number must fit into a plan entry: see day-plan.ts. */
export const subscribersMax = 2 ** 24 - 1;
export const chargesPerDayMax = 24;

const limits = {
  subscribers: { least: 1, most: subscribersMax, isWhole: true },
  days: { least: 0, most: 36_525, isWhole: true },
  start: { least: 0, most: parseInstant('2999-01-01T00:00:00Z'), isWhole: false },
  chargesPerDay: { least: 0, most: chargesPerDayMax, isWhole: false },
  duplicateShare: { least: 0, most: 1, isWhole: false },
  lateShare: { least: 0, most: 1, isWhole: false },
  brokenShare: { least: 0, most: 1, isWhole: false },
};

type Limited = Readonly<Record<keyof typeof limits, number>>;

/** Takes the options, or throws a RangeError that says which ones are wrong. */
export const worldOf = ({ seed = 1, ...options }: SimulateOptions): World => {
  const limited: Limited = {
    subscribers: options.subscribers,
    days: options.days,
    start: options.start ?? startDefault,
    chargesPerDay: options.chargesPerDay ?? 1,
    duplicateShare: options.duplicateShare ?? 0.002,
    lateShare: options.lateShare ?? 0.005,
    brokenShare: options.brokenShare ?? 0,
  };
  const problems = problemsOf(limited);
  if (problems.length > 0) throw new RangeError(problems.join('\n'));
  const { start, ...numbers } = limited;
  return { ...numbers, seed: fork(0, String(seed)), startDay: dayOf(start) };
};

const problemsOf = (limited: Limited): string[] =>
  (Object.keys(limits) as (keyof Limited)[]).flatMap((name) => {
    const { least, most, isWhole } = limits[name];
    const value = limited[name];
    if (isWhole && !Number.isInteger(value)) return [`${name} must be a whole number; it is ${value}`];
    return value >= least && value <= most ? [] : [`${name} must be ${least} to ${most}; it is ${value}`];
  });
