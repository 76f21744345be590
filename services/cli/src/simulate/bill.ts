import { firstDayOf } from './calendar.ts';
import { chance, fork, integer, logUniform, pickWeighted, type Random, randomOf, weighted } from './random.ts';
import { officeSecond } from './rhythm.ts';
import type { Life } from './subscriber-life.ts';

/** One thing that happens to a bill; `from` to `to` per cent of its amount are concerned. */
export type BillStep = {
  readonly what: 'issued' | 'adjusted' | 'received' | 'reversed' | 'requested';
  readonly day: number;
  readonly second: number;
  readonly from: number;
  readonly to: number;
  /** Of a suspension request: outgoing calls first, everything later. */
  readonly stage?: 'outgoing' | 'both';
};

/** Days of the month after that of the charges. */
const issueDay = 5;
const dueDay = 20;

/** So that a bill's steps lie in its own month and the next one. */
const lateDaysMax = 39;
const outgoingAfterDays = 10;
const bothAfterDays = 25;

/** The day on which the bill of a month is written. */
export const issueDayOf = (month: number): number => firstDayOf(month) + issueDay - 1;

/** The last day on which the bill of a month can be paid in time. */
export const dueDayOf = (month: number): number => firstDayOf(month) + dueDay - 1;

type Manner = 'in time' | 'late' | 'in parts' | 'bounced' | 'corrected' | 'never';

const manners = weighted<Manner>([
  ['in time', 80],
  ['late', 11],
  ['in parts', 4],
  ['bounced', 2],
  ['corrected', 2],
  ['never', 1],
]);

/** All that happens to the bill which is issued in a month, its amounts as shares. */
export const billSteps = (life: Life, month: number): readonly BillStep[] => {
  const random = randomOf(fork(life.seed, 'bill', month));
  const issued = { what: 'issued', day: issueDayOf(month), second: integer(random, 0, 21_599) } as const;
  return [{ ...issued, from: 0, to: 100 }, ...paymentSteps[pickWeighted(random, manners)](random, dueDayOf(month))];
};

const step = (random: Random, what: BillStep['what'], day: number, from: number, to: number): BillStep => ({
  what,
  day,
  second: officeSecond(random),
  from,
  to,
});

const beforeDue = (random: Random, dueOn: number) => dueOn - integer(random, 0, dueDay - issueDay - 1);

const paidLate = (random: Random, dueOn: number, from: number): BillStep[] => {
  const day = dueOn + Math.floor(logUniform(random, 1, lateDaysMax + 1));
  return [...requests(random, dueOn, day, from), step(random, 'received', day, from, 100)];
};

const paymentSteps: Record<Manner, (random: Random, dueOn: number) => BillStep[]> = {
  'in time': (random, dueOn) => [step(random, 'received', beforeDue(random, dueOn), 0, 100)],
  late: (random, dueOn) => paidLate(random, dueOn, 0),
  'in parts': (random, dueOn) => {
    const share = integer(random, 20, 80);
    return [step(random, 'received', beforeDue(random, dueOn), 0, share), ...paidLate(random, dueOn, share)];
  },
  bounced: (random, dueOn) => {
    const day = dueOn - integer(random, 0, 8);
    const back = day + integer(random, 1, 5);
    return [
      step(random, 'received', day, 0, 100),
      step(random, 'reversed', back, 0, 100),
      step(random, 'received', back + integer(random, 1, 20), 0, 100),
    ];
  },
  corrected: (random, dueOn) => {
    const share = integer(random, 5, 30);
    return [step(random, 'adjusted', dueOn - 12, 0, share), step(random, 'received', dueOn - 6, share, 100)];
  },
  never: (random, dueOn) => requests(random, dueOn, Number.POSITIVE_INFINITY, 0),
};

/** What billing asks for while a bill stays unpaid; sometimes it asks the same thing twice. */
const requests = (random: Random, dueOn: number, paidOn: number, from: number): BillStep[] => {
  const request = (after: number, stage: 'outgoing' | 'both') => ({
    ...step(random, 'requested', dueOn + after, from, 100),
    stage,
  });
  const asked = [request(outgoingAfterDays, 'outgoing'), request(bothAfterDays, 'both')];
  if (chance(random, 0.25)) asked.splice(1, 0, request(outgoingAfterDays + 1, 'outgoing'));
  return asked.filter(({ day }) => day < paidOn);
};
