import type { Instant } from '@alo/contracts';
import type { ActivePolicy } from '../active-policy.ts';
import { formatDay } from '../calendar/civil-date.ts';
import { type Moment, makeTrigger, type Ruling, type TriggerOf } from '../moment.ts';
import type { State } from '../state.ts';
import { effectiveRank } from '../tiers/listings.ts';
import { type Invoice, outstandingOf, withInvoices } from './ledger.ts';

/** Grace, SPEC section 6: when a due date ends, its tier's days are added, and said where the invoice is unpaid. */
export const graceRule = (moment: Moment): Ruling => {
  const { cause, state, policy, at } = moment;
  if (cause.kind !== 'due' || cause.due !== 'grace' || !state.ledger) return undefined;
  const days = graceDaysOf(state, policy, at);
  if (days === 0) return undefined;
  const outstanding = outstandingOf(state.ledger);
  const isEnding = (invoice: Invoice) => dueDateEnd(invoice, policy) === at;
  const ledger = withInvoices(state.ledger, (invoice) =>
    isEnding(invoice) ? { ...invoice, overdueOn: invoice.dueOn + days + 1 } : invoice,
  );
  const triggers = state.ledger.invoices.flatMap((invoice, n) =>
    isEnding(invoice) ? graceGranted(moment, invoice, outstanding[n] as number, days) : [],
  );
  return { state: { ...state, ledger }, triggers };
};

const graceGranted = (
  moment: Moment,
  { id, dueOn }: Invoice,
  outstandingMinor: number,
  days: number,
): TriggerOf<'payment-grace.granted'>[] => {
  if (outstandingMinor === 0) return [];
  const dates = { dueOn: formatDay(dueOn), until: formatDay(dueOn + days) };
  const data = { invoiceId: id, ...dates, outstanding: outstandingMinor };
  return [makeTrigger(moment, 'payment-grace.granted', { rule: 'suspension' }, [id], data)];
};

const graceDaysOf = (state: State, policy: ActivePolicy, at: Instant): number =>
  policy.suspension.graceDays[effectiveRank(state, policy, at)] as number;

/** The midnight with which the due date of an invoice ends. */
const dueDateEnd = ({ dueOn }: Invoice, { calendar }: ActivePolicy): Instant => calendar.instantOf(dueOn + 1, 0);

/** The next end of a due date after an instant, for whoever stands where there is grace. */
export const nextGrace = (state: State, policy: ActivePolicy, after: Instant): Instant | undefined => {
  const { ledger } = state;
  if (!ledger || ledger.invoices.length === 0 || graceDaysOf(state, policy, after) === 0) return undefined;
  const yesterday = policy.calendar.dayOf(after) - 1;
  for (const invoice of ledger.invoices) {
    if (invoice.dueOn < yesterday) continue;
    const end = dueDateEnd(invoice, policy);
    if (end > after) return end;
  }
  return undefined;
};

export const graceEndsAt = (state: State, policy: ActivePolicy, at: Instant): boolean =>
  graceDaysOf(state, policy, at) > 0 &&
  (state.ledger?.invoices ?? []).some((invoice) => dueDateEnd(invoice, policy) === at);
