import { monthOf } from './calendar.ts';
import {
  chance,
  fork,
  integer,
  logNormal,
  normal,
  pickWeighted,
  type Random,
  randomOf,
  type Seed,
  uniform,
  weighted,
} from './random.ts';
import type { World } from './world.ts';

const { PI, exp, floor, log, sin } = Math;

/** What stays the same of a subscriber: everything else follows from it and the day. */
export type Life = {
  readonly number: number;
  readonly seed: Seed;
  readonly kind: 'person' | 'organisation';
  readonly postpaid: boolean;
  readonly province: string;
  /** How well off, in standard deviations. */
  readonly wealth: number;
  /** Spend rises and falls in two waves, of months to years. */
  readonly waves: readonly [Wave, Wave];
  /** Some fall silent for some months, again and again. */
  readonly silence: { readonly everyMonths: number; readonly offsetMonths: number; readonly months: number };
  /** How often the network fails this one, against the average. */
  readonly badLuck: number;
  /** The day from which on there is nothing more to charge. */
  readonly closesOn: number;
  /** The day from which on nothing at all is known. */
  readonly erasesOn: number;
};

type Wave = { readonly months: number; readonly phase: number };

/** Tuned together, so that about 1 % of subscribers spend 1,000,000 VND in a month: simulate.spec.ts measures it. */
const medianMonthMinor = 78_000;
const wealthSigma = 0.97;
const organisationFactor = 1.5;
const waveSizes = [0.4, 0.15] as const;
const monthSigma = 0.18;

const silentShare = 0.12;
const silentFactor = 0.03;
const lifeDaysMean = 8000;
const daysInMonthMean = 30.4;

/** Where subscribers live, and how many of them. */
export const provinces = weighted([
  ['HN', 20],
  ['HCM', 24],
  ['HP', 6],
  ['DN', 5],
  ['CT', 5],
  ['HUE', 4],
  ['QN', 4],
  ['BN', 4],
  ['NA', 6],
  ['TH', 6],
  ['DNI', 6],
  ['KH', 4],
  ['LD', 3],
  ['AG', 3],
]);

/** The life of the subscriber with that number. */
export const lifeOf = (world: World, number: number): Life => {
  const seed = fork(world.seed, 'life', number);
  const random = randomOf(seed);
  const wealth = normal(random);
  const closesOn = world.startDay + 1 + floor(-log(1 - random()) * lifeDaysMean);
  return {
    number,
    seed,
    wealth,
    closesOn,
    erasesOn: chance(random, 0.3) ? closesOn + integer(random, 20, 40) : Number.POSITIVE_INFINITY,
    kind: chance(random, 0.08) ? 'organisation' : 'person',
    postpaid: chance(random, wealth > 1 ? 0.6 : 0.2),
    province: pickWeighted(random, provinces),
    waves: [waveOf(random, 9, 30), waveOf(random, 4, 8)],
    silence: silenceOf(random),
    badLuck: chance(random, 0.05) ? 10 : 0.5,
  };
};

const waveOf = (random: Random, from: number, to: number): Wave => ({
  months: uniform(random, from, to),
  phase: random(),
});

const silenceOf = (random: Random): Life['silence'] => ({
  months: chance(random, silentShare) ? integer(random, 2, 5) : 0,
  everyMonths: integer(random, 12, 48),
  offsetMonths: integer(random, 0, 47),
});

const swing = ({ months, phase }: Wave, size: number, month: number): number =>
  size * sin(2 * PI * (month / months + phase));

const isSilent = ({ silence }: Life, month: number): boolean =>
  (month + silence.offsetMonths) % silence.everyMonths < silence.months;

/** What the subscriber would spend in a civil month that is neither silent nor cut short. */
const monthSpendMinor = (life: Life, month: number): number => {
  const drift = swing(life.waves[0], waveSizes[0], month) + swing(life.waves[1], waveSizes[1], month);
  const kindFactor = life.kind === 'organisation' ? organisationFactor : 1;
  const ofMonth = logNormal(randomOf(fork(life.seed, 'month', month)), { median: 1, sigma: monthSigma });
  return medianMonthMinor * kindFactor * ofMonth * exp(wealthSigma * life.wealth + drift);
};

/** Who spends more also makes more calls, but not as many more; 1 on average. */
const callFactor = (life: Life): number => exp(0.5 * life.wealth - 0.125);

/** How many charges a usual day brings. */
export const chargesPerDayOf = (world: World, life: Life, day: number): number =>
  day < life.closesOn ? world.chargesPerDay * callFactor(life) * (isSilent(life, monthOf(day)) ? silentFactor : 1) : 0;

/** What a charge amounts to on average; so the spend of a month does not depend on how finely it is charged. */
export const chargeMeanMinor = (world: World, life: Life, day: number): number =>
  monthSpendMinor(life, monthOf(day)) / (daysInMonthMean * world.chargesPerDay * callFactor(life));
