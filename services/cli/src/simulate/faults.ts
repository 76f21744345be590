import { type LifePart, never } from './life-part.ts';
import { lineOf } from './lines.ts';
import { chance, fork, integer, pickWeighted, randomOf, strikes, weighted } from './random.ts';
import { secondOfDay } from './rhythm.ts';
import { type Life, provinces } from './subscriber-life.ts';
import type { World } from './world.ts';

const faultShareOfDays = 0.006;
const outageShareOfDays = 0.25;
const outageSecondsMax = 4 * 3600;
const touchedShare = 0.15;
const twiceShare = 0.2;

const kinds = weighted([
  ['dropped-call', 50],
  ['setup-failure', 20],
  ['slow-data', 22],
  ['complaint', 8],
]);

type Outage = { readonly province: string; readonly second: number; readonly lastsSeconds: number };

/** The outage of a day, if it has one: one province, a few hours. */
const outageOn = (world: World, day: number): Outage | undefined => {
  const seed = fork(world.seed, 'outage', day);
  if (!strikes(seed, outageShareOfDays)) return undefined;
  const random = randomOf(seed);
  const lastsSeconds = integer(random, 600, outageSecondsMax);
  return { province: pickWeighted(random, provinces), second: integer(random, 0, 86_399 - lastsSeconds), lastsSeconds };
};

const isLive = (life: Life, day: number): boolean => day < life.closesOn;

/** What goes wrong for one subscriber alone, most often for those in a bad cell. */
export const faults: LifePart = {
  late: true,
  seconds: (_, life, day) => {
    if (!isLive(life, day)) return never;
    const seed = fork(life.seed, 'fault', day);
    if (!strikes(seed, faultShareOfDays * life.badLuck)) return never;
    const random = randomOf(seed);
    return Array.from({ length: integer(random, 1, 3) }, () => secondOfDay(random));
  },
  line: (_, life, { day, n, time }) => {
    const kind = pickWeighted(randomOf(fork(life.seed, 'fault kind', day, n)), kinds);
    const id = `q-${life.number}-${day}-${n}`;
    return lineOf({
      source: 'network',
      id,
      name: 'quality.reported',
      subscriber: life.number,
      time,
      data: `{"kind":"${kind}"}`,
    });
  },
};

/** What goes wrong for many at once; whom it touches twice tells of it twice. */
export const outages: LifePart = {
  late: true,
  seconds: (world, life, day) => {
    const outage = isLive(life, day) ? outageOn(world, day) : undefined;
    if (outage?.province !== life.province) return never;
    const random = randomOf(fork(life.seed, 'outage', day));
    if (!chance(random, touchedShare)) return never;
    const { second, lastsSeconds } = outage;
    return Array.from({ length: chance(random, twiceShare) ? 2 : 1 }, () => second + integer(random, 0, lastsSeconds));
  },
  line: (_, life, { day, n, time }) =>
    lineOf({
      source: 'network',
      id: `o-${life.number}-${day}-${n}`,
      name: 'quality.reported',
      subscriber: life.number,
      time,
      data: `{"kind":"outage","outageId":"outage-${day}"}`,
    }),
};
