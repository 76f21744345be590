import { canonicalJson, daysSinceEpoch } from '@alo/contracts';
import { civilDate } from './calendar.ts';
import { type LifePart, never } from './life-part.ts';
import { lineOf } from './lines.ts';
import { chance, fork, integer, type Random, randomOf, strikes } from './random.ts';
import { officeSecond } from './rhythm.ts';
import type { Life } from './subscriber-life.ts';
import type { World } from './world.ts';

/** Everybody's first profile comes within this many days. */
const firstDays = 3;
const changeShareOfDays = 0.0002;
const dealersOfProvince = 5;

const isFirstProfileDay = (world: World, life: Life, day: number): boolean => {
  if (day >= world.startDay + firstDays) return false;
  const random = randomOf(fork(life.seed, 'first profile'));
  return day === world.startDay + integer(random, 0, Math.min(firstDays, world.days) - 1);
};

/** A day of a leap year, so that some are born on 29 February. */
const monthDay = (random: Random): string => civilDate(daysSinceEpoch(2024, 1, 1) + integer(random, 0, 365)).slice(5);

const genderOf = (random: Random): object =>
  chance(random, 0.9) ? { gender: chance(random, 0.5) ? 'female' : 'male' } : {};

const dealerOf = (random: Random, { province }: Life): object =>
  province !== 'HN' && chance(random, 0.7)
    ? { dealer: `dealer-${province}-${integer(random, 1, dealersOfProvince)}` }
    : {};

/** Most have never been asked. */
const consentOf = (random: Random): object => {
  if (chance(random, 0.8)) return {};
  return { consent: { gifts: chance(random, 0.8), promotions: chance(random, 0.5) } };
};

/** What is known from birth does not change; dealer and consent may. */
const profileOf = (life: Life, day: number): object => {
  const fixed = randomOf(fork(life.seed, 'profile'));
  const changing = randomOf(fork(life.seed, 'profile', day));
  const born = chance(fixed, 0.95) ? monthDay(fixed) : undefined;
  const person = { ...(born && { birthday: born }), ...genderOf(fixed) };
  const organisation = { ...(born && { foundingDay: born }) };
  return {
    ...(life.kind === 'person' ? person : organisation),
    ...dealerOf(changing, life),
    ...consentOf(changing),
    kind: life.kind,
    province: life.province,
  };
};

/** Who the subscriber is: once at first, and again when something about it changes. */
export const profiles: LifePart = {
  late: false,
  seconds: (world, life, day) => {
    if (day >= life.closesOn) return never;
    const seed = fork(life.seed, 'profile change', day);
    const comes = isFirstProfileDay(world, life, day) || strikes(seed, changeShareOfDays);
    return comes ? [officeSecond(randomOf(seed))] : never;
  },
  line: (_, life, { day, time }) =>
    lineOf({
      source: 'crm',
      id: `p-${life.number}-${day}`,
      name: 'subscriber.updated',
      subscriber: life.number,
      time,
      data: canonicalJson(profileOf(life, day)),
    }),
};
