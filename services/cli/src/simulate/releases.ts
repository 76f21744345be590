import { lunarDay } from '@alo/domain';
import { civilDate } from './calendar.ts';
import { type LifePart, never } from './life-part.ts';
import { lineOf } from './lines.ts';
import { isOfficial } from './membership.ts';
import { chance, fork, integer, randomOf } from './random.ts';

/** Gifts of officials that wait for a release, by the ids that the policies which ship with alo give them. */
const occasions: readonly { readonly id: string; readonly dayIn: (year: number) => number }[] = [
  { id: 'tet', dayIn: (year) => lunarDay(year, 1, 1) },
  { id: 'noel', dayIn: (year) => Date.UTC(year, 11, 25) / 86_400_000 },
];

const releasedDaysAhead = 2;
const releasedShare = 0.7;
const officeFromSecond = 8 * 3600;
const officeToSecond = 17 * 3600;

const decided = new Map<number, readonly string[]>();

/** What compliance decides on a day: the same for every subscriber, and so looked up once. */
const decidedOn = (day: number): readonly string[] => {
  const known = decided.get(day);
  if (known) return known;
  const year = Number(civilDate(day).slice(0, 4));
  const gifts = occasions.filter(({ dayIn }) => dayIn(year) - releasedDaysAhead === day);
  const names = gifts.map(({ id }) => `${id}/${year}`);
  decided.set(day, names);
  return names;
};

/** Gifts of officials: most are released some days ahead, the others declined. Where none is held, it has no effect. */
export const releases: LifePart = {
  late: false,
  seconds: (_, life, day) => {
    if (day >= life.closesOn || !isOfficial(life)) return never;
    return decidedOn(day).map((gift) =>
      integer(randomOf(fork(life.seed, 'release', gift)), officeFromSecond, officeToSecond),
    );
  },
  line: (_, life, { day, n, time }) => {
    const gift = decidedOn(day)[n] as string;
    const outcome = chance(randomOf(fork(life.seed, 'released', gift)), releasedShare) ? 'released' : 'declined';
    return lineOf({
      source: 'crm',
      id: `g-${life.number}-${day}-${n}`,
      name: 'trigger.acknowledged',
      subscriber: life.number,
      time,
      data: `{"outcome":"${outcome}","triggerId":"gift.held/s-${life.number}/${gift}"}`,
    });
  },
};
