import { dayMs, formatInstant, hourMs, minuteMs } from '@alo/contracts';
import {
  acknowledged,
  activated,
  adjusted,
  billed,
  charged,
  closed,
  consented,
  delisted,
  erased,
  type Happening,
  instant,
  invoiced,
  listed,
  opened,
  paid,
  reported,
  requested,
  reversed,
  ticked,
  updated,
} from '../../packages/domain/src/testing/events.ts';
import { lifePolicy } from '../../packages/domain/src/testing/life-policy.ts';
import type { LifeRecord } from './counting-life.ts';
import type { Chance } from './seeded.ts';

const subjects = ['s-1', 's-2', 's-\uff01', 's-😀'];
const zones = ['Asia/Ho_Chi_Minh', 'Europe/London'];
const start = instant('2026-02-20T03:00Z');
const encoder = new TextEncoder();

type Make = (chance: Chance, now: number) => Happening;

const amount = (chance: Chance) => chance.pick([1, 400_000, 500_000, 999_999, 1_000_000, 3_000_000, 5_000_000]);
const on = (now: number, ms: number) => formatInstant(now + ms);
const invoice = (chance: Chance) => `i-${chance.between(1, 4)}`;

const charge: Make = (chance) => charged(amount(chance));
const bill: Make = (chance, now) =>
  invoiced(amount(chance), {
    invoiceId: invoice(chance),
    dueOn: on(now, chance.between(-4, 12) * dayMs).slice(0, 10),
  });

/** What may happen to a subscriber; what stands there twice happens twice as often. */
const happenings: readonly Make[] = [
  charge,
  charge,
  charge,
  charge,
  (chance, now) => charged(amount(chance)).occurred(on(now, -chance.between(0, 30) * dayMs)),
  (chance, now) => adjusted(-amount(chance), on(now, -chance.between(0, 40) * dayMs)),
  (chance, now) => listed(chance.pick(['official', 'board', 'guests', 'banned']), on(now, -hourMs), on(now, 9 * dayMs)),
  (chance) => listed(chance.pick(['official', 'board'])),
  (chance) => delisted(chance.pick(['official', 'board'])),
  (chance) => updated({ birthday: chance.pick(['02-28', '03-01', '04-15']), province: 'HN', consent: { gifts: true } }),
  (chance) => consented(chance.happens(0.5)),
  (chance) => acknowledged(`gift.held/s-1/${chance.pick(['birthday', 'may-day'])}/2026`, 'released'),
  (chance) => reported('dropped-call', chance.pick([undefined, 'o-1'])),
  () => opened({ tier: 'vip', months: { '2026-01': 900_000 } }),
  bill,
  bill,
  (chance) => billed(-1, { invoiceId: invoice(chance) }),
  (chance) => paid(amount(chance)),
  (chance) => paid(amount(chance)),
  (chance) => reversed(amount(chance)),
  (chance) => requested({ requestId: `r-${chance.between(1, 4)}`, reason: chance.pick(['debt', 'debt', 'fraud']) }),
  (chance) => requested({ requestId: `r-${chance.between(1, 4)}`, debt: { amount: 300_000, currency: 'VND' } }),
  () => closed(),
  () => ticked(),
  () => ticked(),
];

const gapMs = (chance: Chance): number =>
  chance.happens(0.05) ? -hourMs : chance.pick([0, 0, minuteMs, 6 * hourMs, chance.below(3 * dayMs), 5 * dayMs]);

const bytesOf = (happening: Happening, id: string, at: number): Uint8Array =>
  encoder.encode(JSON.stringify(happening.wire({ id, at })));

const happeningAt = (chance: Chance, now: number, zone: string): Happening => {
  if (chance.happens(0.03)) return activated(lifePolicy(zone, 2));
  if (chance.happens(0.02)) return charged(1).but({ data: 'none' });
  const make = chance.happens(0.01) ? () => erased() : chance.pick(happenings);
  return make(chance, now).by(chance.pick(subjects));
};

/** Months of a few subscribers of a carrier, from the first policy on; some events come twice, or under one id. */
export const aloLife = (chance: Chance, records: number): readonly LifeRecord[] => {
  const zone = chance.pick(zones);
  const life = [{ appendedAt: start, bytes: bytesOf(activated(lifePolicy(zone, 1)), 'p-1', start) }];
  let appendedAt = start;
  for (let n = 1; n < records; n += 1) {
    appendedAt += gapMs(chance);
    const id = `e-${chance.happens(0.04) ? chance.below(n) : n}`;
    const before = life[chance.below(n)] as LifeRecord;
    const bytes = chance.happens(0.06) ? before.bytes : bytesOf(happeningAt(chance, appendedAt, zone), id, appendedAt);
    life.push({ appendedAt, bytes });
  }
  return life;
};

/** After what falls due soon; not all ever does. */
export const aloEnd = (after: number): readonly LifeRecord[] =>
  [20, 40].map((days, n) => ({
    appendedAt: after + days * dayMs,
    bytes: bytesOf(ticked(), `end-${n}`, after + days * dayMs),
  }));
