import { canonicalJson, formatInstant } from '@alo/contracts';
import { instantAt } from './calendar.ts';
import { type LifePart, never } from './life-part.ts';
import { lineOf } from './lines.ts';
import { chance, fork, integer, pick, type Random, randomOf, strikes } from './random.ts';
import { officeSecond, secondOfDay } from './rhythm.ts';
import { chargeMeanMinor, type Life } from './subscriber-life.ts';
import { chargeId, chargeInstant, chargeOf } from './usage.ts';
import type { World } from './world.ts';

const shareOfDays = 0.004;
const negativeShare = 0.85;
const daysBackMax = 40;

/** Takes a known charge back, wholly or in part; where that day had none, a goodwill credit. */
const credit = (world: World, life: Life, day: number, random: Random): object => {
  const at = chargeInstant(world, life, day, 0);
  if (at === undefined) return goodwill(world, life, day, random);
  const { amountMinor } = chargeOf(world, life, day, 0);
  return {
    amount: -Math.ceil((amountMinor * pick(random, [100, 100, 50, 30])) / 100),
    appliesTo: formatInstant(at),
    corrects: chargeId(life, day, 0),
    currency: 'VND',
    reason: 'hoàn cước',
  };
};

const goodwill = (world: World, life: Life, day: number, random: Random): object => ({
  amount: -Math.max(1, Math.round(chargeMeanMinor(world, life, day))),
  appliesTo: formatInstant(instantAt(day, secondOfDay(random))),
  currency: 'VND',
  reason: 'khuyến mãi "cảm ơn"',
});

/** Something that was forgotten: a foreign operator's bill, say. */
const surcharge = (world: World, life: Life, day: number, random: Random): object => ({
  amount: Math.max(1, Math.round(chargeMeanMinor(world, life, day) * integer(random, 1, 8))),
  appliesTo: formatInstant(instantAt(day, secondOfDay(random))),
  currency: 'VND',
});

/** What is put right afterwards. */
export const adjustments: LifePart = {
  late: true,
  seconds: (world, life, day) => {
    if (day >= life.closesOn || world.chargesPerDay === 0) return never;
    const seed = fork(life.seed, 'adjustment', day);
    return strikes(seed, shareOfDays) ? [officeSecond(randomOf(seed))] : never;
  },
  line: (world, life, { day, time }) => {
    const random = randomOf(fork(life.seed, 'adjusted', day));
    const change = chance(random, negativeShare) ? credit : surcharge;
    return lineOf({
      source: 'usage',
      id: `a-${life.number}-${day}`,
      name: 'usage.adjusted',
      subscriber: life.number,
      time,
      data: canonicalJson(change(world, life, day - integer(random, 1, daysBackMax), random)),
    });
  },
};
