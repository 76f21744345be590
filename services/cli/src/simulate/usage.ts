import { firstDayOf, instantAt } from './calendar.ts';
import { type LifePart, never } from './life-part.ts';
import { lineOf } from './lines.ts';
import { fork, logNormal, pickWeighted, poisson, randomOf, weighted } from './random.ts';
import { secondOfDay, weekdayFactor } from './rhythm.ts';
import { chargeMeanMinor, chargesPerDayOf, type Life } from './subscriber-life.ts';
import type { World } from './world.ts';

const { exp, max, round } = Math;

/** One charge of a subscriber's day, without its time. */
export type Charge = { readonly amountMinor: number; readonly service: string };

/** How often each service is charged, and how dear it is; the dearness is 1 on average. */
const services = weighted([
  [{ service: 'data', dearness: 1.2 }, 40],
  [{ service: 'voice', dearness: 0.95 }, 32],
  [{ service: 'sms', dearness: 0.3 }, 15],
  [{ service: 'vas', dearness: 0.9 }, 11],
  [{ service: 'roaming', dearness: 5.8 }, 2],
]);

const amountSigma = 0.7;
/** A log-normal amount with median m has the mean m·exp(σ²/2). */
const medianOfMean = exp(-(amountSigma ** 2) / 2);

/** The place of a charge in its day must fit into a plan entry: see day-plan.ts. */
const chargesInDayMax = 255;

/** When the subscriber is charged on a day. */
export const chargeSeconds = (world: World, life: Life, day: number): readonly number[] => {
  const mean = chargesPerDayOf(world, life, day) * weekdayFactor(day);
  if (mean === 0) return never;
  const random = randomOf(fork(life.seed, 'day', day));
  const count = poisson(random, { mean, most: chargesInDayMax });
  return count === 0 ? never : Array.from({ length: count }, () => secondOfDay(random));
};

/** The n-th charge of a subscriber's day. */
export const chargeOf = (world: World, life: Life, day: number, n: number): Charge => {
  const random = randomOf(fork(life.seed, 'charge', day, n));
  const { service, dearness } = pickWeighted(random, services);
  const median = chargeMeanMinor(world, life, day) * dearness * medianOfMean;
  return { amountMinor: max(1, round(logNormal(random, { median, sigma: amountSigma }))), service };
};

/** The id of the n-th charge of a subscriber's day. */
export const chargeId = (life: Life, day: number, n: number): string => `c-${life.number}-${day}-${n}`;

/** The sum of all charges of a civil month, also of one before the simulation starts; without adjustments. */
export const spendOfMonth = (world: World, life: Life, month: number): number => {
  let sumMinor = 0;
  for (let day = firstDayOf(month); day < firstDayOf(month + 1); day++) {
    const count = chargeSeconds(world, life, day).length;
    for (let n = 0; n < count; n++) sumMinor += chargeOf(world, life, day, n).amountMinor;
  }
  return sumMinor;
};

/** The instant of the n-th charge of a subscriber's day, or undefined where there is none. */
export const chargeInstant = (world: World, life: Life, day: number, n: number) => {
  const second = chargeSeconds(world, life, day)[n];
  return second === undefined ? undefined : instantAt(day, second);
};

/** What the subscriber spends. */
export const usage: LifePart = {
  late: true,
  seconds: chargeSeconds,
  line: (world, life, { day, n, time }) => {
    const { amountMinor, service } = chargeOf(world, life, day, n);
    return lineOf({
      source: 'usage',
      id: chargeId(life, day, n),
      name: 'usage.charged',
      subscriber: life.number,
      time,
      data: `{"amount":${amountMinor},"currency":"VND","service":"${service}"}`,
    });
  },
};
