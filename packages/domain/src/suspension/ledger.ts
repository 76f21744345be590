import { type EventData, sumMinorMax } from '@alo/contracts';
import type { CivilDay, CivilMonth } from '../calendar/calendar.ts';
import { monthOf, parseDay } from '../calendar/civil-date.ts';
import type { IdMarks } from './id-marks.ts';

/** An invoice of which there is still something to say. Amounts are minor units. */
export type Invoice = {
  readonly id: string;
  /** As issued, and adjusted since: below 0 it is credit. */
  readonly amount: number;
  readonly dueOn: CivilDay;
  /** The first civil day on which it is overdue: the day after its due date, and the grace that was given. */
  readonly overdueOn: CivilDay;
  /** The civil month of its record or of its due date, whichever is later: its id is known until an event of that month would be LATE. */
  readonly knownFrom: CivilMonth;
  /** The last civil day on which it was reminded of. */
  readonly remindedOn?: CivilDay;
};

/** What a subscriber was billed and has paid: SPEC section 6. Amounts are minor units. */
export type Ledger = {
  /** The oldest due date first. */
  readonly invoices: readonly Invoice[];
  /** Payments less reversals, less what they have to settle first: the opening debt, and invoices that were put away. */
  readonly paid: number;
  /** Has it seen an invoice or an opening debt? If not, nobody knows what the subscriber owes. */
  readonly isBilled: boolean;
  /** The ids of invoices that were put away, by the civil month from which each is known. */
  readonly putAway: Readonly<Record<string, IdMarks>>;
};

export const emptyLedger: Ledger = { invoices: [], paid: 0, isBilled: false, putAway: {} };

export const withOpeningDebt = (ledger: Ledger, debtMinor: number): Ledger => ({
  ...ledger,
  paid: ledger.paid - debtMinor,
  isBilled: true,
});

export const withPayment = (ledger: Ledger, signedMinor: number): Ledger => ({
  ...ledger,
  paid: ledger.paid + signedMinor,
});

/** The ledger with an invoice that becomes known: behind those of its due date and of older ones. */
export const withInvoice = (
  ledger: Ledger,
  { invoiceId, amount, dueOn }: EventData<'invoice.issued'>,
  today: CivilDay,
): Ledger => {
  const day = parseDay(dueOn);
  const added: Invoice = {
    id: invoiceId,
    amount,
    dueOn: day,
    overdueOn: day + 1,
    knownFrom: monthOf(Math.max(today, day)),
  };
  const older = ledger.invoices.filter((invoice) => invoice.dueOn <= day);
  const younger = ledger.invoices.filter((invoice) => invoice.dueOn > day);
  return { ...ledger, invoices: [...older, added, ...younger], isBilled: true };
};

/** The ledger with an invoice adjusted. One that was put away is overdue, and so its adjustment is debt or credit at once. */
export const withAdjustment = (ledger: Ledger, { invoiceId, amount }: EventData<'invoice.adjusted'>): Ledger =>
  ledger.invoices.some(({ id }) => id === invoiceId)
    ? withInvoices(ledger, (one) => (one.id === invoiceId ? { ...one, amount: one.amount + amount } : one))
    : { ...ledger, paid: ledger.paid - amount };

export const withInvoices = (ledger: Ledger, change: (invoice: Invoice) => Invoice): Ledger => ({
  ...ledger,
  invoices: ledger.invoices.map(change),
});

/** What there is to settle invoices with: payments, and what adjustments have taken from invoices below 0. */
const creditOf = ({ invoices, paid }: Ledger): number =>
  invoices.reduce((credit, { amount }) => (amount < 0 ? credit - amount : credit), paid);

/** What is unpaid of each invoice, in their order: the oldest due date is settled first, whatever a payment names. */
export const outstandingOf = (ledger: Ledger): readonly number[] => {
  let credit = Math.max(0, creditOf(ledger));
  return ledger.invoices.map(({ amount }) => {
    const settled = Math.min(credit, Math.max(0, amount));
    credit -= settled;
    return Math.max(0, amount) - settled;
  });
};

/** Invoices that are overdue on a civil day, less all payments; at least 0. */
export const debtOn = (ledger: Ledger, today: CivilDay): number => {
  const billed = ledger.invoices.reduce(
    (sum, { amount, overdueOn }) => (overdueOn <= today && amount > 0 ? sum + amount : sum),
    0,
  );
  return Math.max(0, billed - creditOf(ledger));
};

/** Is there room for another amount, so that all sums of the ledger stay exact? */
export const hasRoom = ({ invoices, paid }: Ledger): boolean =>
  invoices.reduce((sum, { amount }) => sum + Math.abs(amount), Math.abs(paid)) <= sumMinorMax;
