import { type LifePart, never } from './life-part.ts';
import { lineOf } from './lines.ts';
import { fork, pickWeighted, randomOf, strikes, weighted } from './random.ts';
import { secondOfDay } from './rhythm.ts';

const shareOfDays = 0.000_03;

const reasons = weighted([
  ['lost-sim', 60],
  ['customer-request', 25],
  ['fraud', 8],
  ['identity', 5],
  ['legal-order', 2],
]);

/** Suspensions that have nothing to do with debt: mostly lost SIM cards. */
export const lostSims: LifePart = {
  late: false,
  seconds: (_, life, day) => {
    if (day >= life.closesOn) return never;
    const seed = fork(life.seed, 'lost', day);
    return strikes(seed, shareOfDays) ? [secondOfDay(randomOf(seed))] : never;
  },
  line: (_, life, { day, time }) => {
    const reason = pickWeighted(randomOf(fork(life.seed, 'lost why', day)), reasons);
    return lineOf({
      source: 'crm',
      id: `l-${life.number}-${day}`,
      name: 'suspension.requested',
      subscriber: life.number,
      time,
      data: `{"reason":"${reason}","requestId":"l-${life.number}-${day}","stage":"both"}`,
    });
  },
};
