import type { CivilDay, CivilMonth } from '../calendar/calendar.ts';
import { monthOf } from '../calendar/civil-date.ts';
import { hasMark, withMark } from './id-marks.ts';
import { type Invoice, type Ledger, outstandingOf } from './ledger.ts';

/** For so many civil months an invoice is known, as long as an event of the month it is known from would not be LATE. */
const monthsKnown = 24;

/** How many invoices of one civil month are told apart once they were put away. */
const idsMax = 1000;

const isForgotten = (knownFrom: CivilMonth, today: CivilDay) => monthOf(today) - knownFrom > monthsKnown;

/** Was an invoice of this id issued, and is it still known? */
export const isKnownInvoice = ({ invoices, putAway }: Ledger, invoiceId: string, today: CivilDay): boolean =>
  invoices.some(({ id }) => id === invoiceId) ||
  Object.entries(putAway).some(([month, marks]) => !isForgotten(Number(month), today) && hasMark(marks, invoiceId));

/**
 * The ledger without invoices of which nothing can be said any more: overdue, past the last reminder, and settled or not
 * known any more. Their amounts are taken from what was paid, so no debt changes; of each its id is remembered, for as
 * long as it is known.
 */
export const tidied = (ledger: Ledger, lastReminderDays: number, today: CivilDay): Ledger => {
  const isOver = ({ dueOn, overdueOn }: Invoice) => overdueOn <= today && dueOn + lastReminderDays < today;
  const outstanding = outstandingOf(ledger);
  const kept = ledger.invoices.findIndex(
    (invoice, n) => !isOver(invoice) || (outstanding[n] !== 0 && !isForgotten(invoice.knownFrom, today)),
  );
  const count = kept === -1 ? ledger.invoices.length : kept;
  return count === 0 ? forgetful(ledger, today) : forgetful(withoutFirst(ledger, count), today);
};

const withoutFirst = (ledger: Ledger, count: number): Ledger => {
  const putAway: Record<string, string> = { ...ledger.putAway };
  let { paid } = ledger;
  for (const { id, amount, knownFrom } of ledger.invoices.slice(0, count)) {
    putAway[knownFrom] = withMark(putAway[knownFrom] ?? '', id, idsMax);
    paid -= amount;
  }
  return { ...ledger, invoices: ledger.invoices.slice(count), paid, putAway };
};

/** Without the ids that are not known any more. */
const forgetful = (ledger: Ledger, today: CivilDay): Ledger => {
  const months = Object.entries(ledger.putAway);
  const known = months.filter(([month]) => !isForgotten(Number(month), today));
  return known.length === months.length ? ledger : { ...ledger, putAway: Object.fromEntries(known) };
};
