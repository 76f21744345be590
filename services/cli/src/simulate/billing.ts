import { canonicalJson, type EventName } from '@alo/contracts';
import { type BillStep, billSteps, dueDayOf, issueDayOf } from './bill.ts';
import { civilDate, firstDayOf, monthOf, monthText } from './calendar.ts';
import { type LifePart, never } from './life-part.ts';
import { lineOf } from './lines.ts';
import type { Life } from './subscriber-life.ts';
import { spendOfMonth } from './usage.ts';
import type { World } from './world.ts';

const billMinorMin = 20_000;

type OpenStep = BillStep & { readonly month: number; readonly place: number };

/** What happens on a day to the bills of this month and the last; to those from before the start, nothing. */
const stepsOn = (world: World, life: Life, day: number): readonly OpenStep[] => {
  if (!life.postpaid || day >= life.erasesOn) return [];
  const month = monthOf(day);
  return [month - 1, month]
    .filter((billed) => isBilled(world, life, billed))
    .flatMap((billed) => billSteps(life, billed).map((step, place) => ({ ...step, month: billed, place })))
    .filter((step) => step.day === day);
};

const isBilled = (world: World, life: Life, month: number): boolean =>
  issueDayOf(month) >= world.startDay && firstDayOf(month - 1) < life.closesOn;

const amountMinor = (world: World, life: Life, { month, from, to }: OpenStep): number => {
  const billMinor = Math.max(billMinorMin, spendOfMonth(world, life, month - 1));
  return Math.floor((billMinor * to) / 100) - Math.floor((billMinor * from) / 100);
};

const names: Record<BillStep['what'], EventName> = {
  issued: 'invoice.issued',
  adjusted: 'invoice.adjusted',
  received: 'payment.received',
  reversed: 'payment.reversed',
  requested: 'suspension.requested',
};

const dataOf = (life: Life, step: OpenStep, amount: number): object => {
  const invoiceId = `i-${life.number}-${monthText(step.month)}`;
  const money = { amount, currency: 'VND' };
  if (step.what === 'issued') return { ...money, dueOn: civilDate(dueDayOf(step.month)), invoiceId };
  if (step.what === 'adjusted') return { ...money, amount: -amount, invoiceId };
  if (step.what === 'requested') {
    return {
      debt: money,
      reason: 'debt',
      requestId: `r-${life.number}-${monthText(step.month)}-${step.stage}`,
      stage: step.stage,
    };
  }
  return { ...money, invoiceId };
};

/** Invoices of those who pay later, what they pay, and what happens when they do not. */
export const billing: LifePart = {
  late: false,
  seconds: (world, life, day) => {
    const steps = stepsOn(world, life, day);
    return steps.length === 0 ? never : steps.map(({ second }) => second);
  },
  line: (world, life, { day, n, time }) => {
    const step = stepsOn(world, life, day)[n] as OpenStep;
    return lineOf({
      source: 'billing',
      id: `b-${life.number}-${step.month}-${step.place}`,
      name: names[step.what],
      subscriber: life.number,
      time,
      data: canonicalJson(dataOf(life, step, amountMinor(world, life, step))),
    });
  },
};
