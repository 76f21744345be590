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

/** Takes the options, or throws a RangeError that says which one is wrong. */
export const worldOf = (options: SimulateOptions): World => ({
  seed: fork(0, String(options.seed ?? 1)),
  subscribers: whole('subscribers', options.subscribers, { least: 1, most: subscribersMax }),
  startDay: dayOf(
    within('start', options.start ?? startDefault, { least: 0, most: parseInstant('2999-01-01T00:00:00Z') }),
  ),
  days: whole('days', options.days, { least: 0, most: 36_525 }),
  chargesPerDay: within('chargesPerDay', options.chargesPerDay ?? 1, { least: 0, most: chargesPerDayMax }),
  duplicateShare: within('duplicateShare', options.duplicateShare ?? 0.002, { least: 0, most: 1 }),
  lateShare: within('lateShare', options.lateShare ?? 0.005, { least: 0, most: 1 }),
  brokenShare: within('brokenShare', options.brokenShare ?? 0, { least: 0, most: 1 }),
});

type Bounds = { readonly least: number; readonly most: number };

const within = (name: string, value: number, { least, most }: Bounds): number => {
  if (value >= least && value <= most) return value;
  throw new RangeError(`${name} must be ${least} to ${most}; it is ${value}`);
};

const whole = (name: string, value: number, bounds: Bounds): number => {
  if (Number.isInteger(value)) return within(name, value, bounds);
  throw new RangeError(`${name} must be a whole number; it is ${value}`);
};
