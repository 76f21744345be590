import { type AloEvent, type EventData, type Instant, printable, sumMinorMax } from '@alo/contracts';
import type { ActivePolicy } from '../active-policy.ts';
import type { CivilDay } from '../calendar/calendar.ts';
import type { State } from '../state.ts';
import { isKnownInvoice, tidied } from './known-invoices.ts';
import {
  emptyLedger,
  hasRoom,
  type Ledger,
  withAdjustment,
  withInvoice,
  withOpeningDebt,
  withPayment,
} from './ledger.ts';
import { afterPayment, afterReversal } from './suspension-state.ts';

type Billing = Extract<AloEvent, { name: 'invoice.issued' | 'invoice.adjusted' }>;
type Paying = Extract<AloEvent, { name: 'payment.received' | 'payment.reversed' }>;

const ledgerOf = ({ ledger }: State, { suspension }: ActivePolicy, today: CivilDay): Ledger =>
  ledger ? tidied(ledger, suspension.lastReminderDays, today) : emptyLedger;

/** The state after an invoice was issued or adjusted. */
export const billed = (state: State, event: Billing, policy: ActivePolicy, today: CivilDay): State => {
  const before = ledgerOf(state, policy, today);
  const ledger =
    event.name === 'invoice.issued' ? withInvoice(before, event.data, today) : withAdjustment(before, event.data);
  return { ...state, ledger };
};

/** The state after a payment, which may settle the last skip, or the reversal of one. */
export const paid = (state: State, { name, data }: Paying, policy: ActivePolicy, today: CivilDay): State => {
  const isReceived = name === 'payment.received';
  const ledger = withPayment(ledgerOf(state, policy, today), isReceived ? data.amount : -data.amount);
  const after = isReceived ? afterPayment : afterReversal;
  return { ...state, ledger, suspension: state.suspension && after(state.suspension, data.amount) };
};

/** The ledger with the debt of opening balances; one in another currency names none. */
export const withDebt = (
  ledger: Ledger | undefined,
  debt: EventData<'subscriber.opened'>['debt'],
  { policy }: ActivePolicy,
): Ledger | undefined =>
  debt?.currency === policy.currency ? withOpeningDebt(ledger ?? emptyLedger, debt.amount) : ledger;

/** Why an invoice or a payment is not possible now. */
export const impossibleInLedger = (
  event: AloEvent,
  state: State,
  policy: ActivePolicy,
  now: Instant,
): string | undefined => {
  switch (event.name) {
    case 'invoice.issued':
    case 'invoice.adjusted':
      return impossibleBill(event, state, policy, now) ?? noRoom(state);
    case 'payment.received':
    case 'payment.reversed':
      return noRoom(state);
    default:
      return undefined;
  }
};

const impossibleBill = (
  { name, data: { invoiceId } }: Billing,
  state: State,
  policy: ActivePolicy,
  now: Instant,
): string | undefined => {
  const today = policy.calendar.dayOf(now);
  const isKnown = isKnownInvoice(ledgerOf(state, policy, today), invoiceId, today);
  if (name === 'invoice.issued') return isKnown ? `invoice ${printable(invoiceId)} was issued already` : undefined;
  return isKnown ? undefined : `invoice ${printable(invoiceId)} is not known`;
};

const noRoom = ({ ledger }: State): string | undefined =>
  ledger && !hasRoom(ledger) ? `its invoices and payments would pass what is exact (${sumMinorMax})` : undefined;
