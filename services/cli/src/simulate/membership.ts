import { canonicalJson, type EventName, formatInstant, type Instant } from '@alo/contracts';
import { instantAt } from './calendar.ts';
import { type LifePart, never } from './life-part.ts';
import { lineOf } from './lines.ts';
import { chance, fork, integer, randomOf, strikes } from './random.ts';
import type { Life } from './subscriber-life.ts';
import type { World } from './world.ts';

type Step = { readonly name: EventName; readonly day: number; readonly data: (time: string) => object };

const officialShare = 0.002;
const listedWithinDays = 20;
const delistedShare = 0.4;
const validDaysMax = 365;

/** Offices close subscribers in the evening, and list officials before they open. */
const eveningSecond = 20 * 3600;
const morningSecond = 7 * 3600;

const listing = (life: Life, until: Instant | undefined) => (time: string) => ({
  approvedBy: `director-${life.number % 3}`,
  list: 'official',
  reason: 'lãnh đạo tỉnh',
  requestedBy: `clerk-${life.number % 7}`,
  validFrom: time,
  ...(until !== undefined && { validTo: formatInstant(until) }),
});

/** Is the subscriber listed as an official at some time? */
export const isOfficial = ({ seed }: Life): boolean => strikes(fork(seed, 'official'), officialShare);

/** An official is listed early on; some listings end by themselves, some are ended, some stay. */
const officialSteps = (world: World, life: Life): Step[] => {
  if (!isOfficial(life)) return [];
  const random = randomOf(fork(life.seed, 'official'));
  const listedOn = world.startDay + integer(random, 0, listedWithinDays);
  const until = chance(random, 0.5) ? instantAt(listedOn + integer(random, 30, validDaysMax), 0) : undefined;
  const listed: Step = { name: 'subscriber.listed', day: listedOn, data: listing(life, until) };
  if (!chance(random, delistedShare)) return [listed];
  const day = listedOn + integer(random, 5, 90);
  return [listed, { name: 'subscriber.delisted', day, data: () => ({ list: 'official' }) }];
};

const empty = () => ({});

const endOf = ({ closesOn, erasesOn }: Life, day: number): Step[] => {
  if (day === closesOn) return [{ name: 'subscriber.closed', day, data: empty }];
  return day === erasesOn ? [{ name: 'subscriber.erased', day, data: empty }] : [];
};

const stepsOn = (world: World, life: Life, day: number): readonly Step[] => {
  if (day >= life.closesOn) return endOf(life, day);
  return officialSteps(world, life).filter((step) => step.day === day);
};

/** Lists that somebody put the subscriber on, and the end of it all. */
export const membership: LifePart = {
  late: false,
  seconds: (world, life, day) => {
    const steps = stepsOn(world, life, day);
    return steps.length === 0 ? never : steps.map(() => (day < life.closesOn ? morningSecond : eveningSecond));
  },
  line: (world, life, { day, n, time }) => {
    const { name, data } = stepsOn(world, life, day)[n] as Step;
    const id = `m-${life.number}-${day}-${n}`;
    return lineOf({ source: 'crm', id, name, subscriber: life.number, time, data: canonicalJson(data(time)) });
  },
};
