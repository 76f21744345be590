import { formatInstant, type Instant } from '@alo/contracts';
import type { ActivePolicy } from '../active-policy.ts';
import type { CivilDay } from '../calendar/calendar.ts';
import { formatDay } from '../calendar/civil-date.ts';
import { type Moment, makeTrigger, type Ruling, type TriggerOf } from '../moment.ts';
import type { State } from '../state.ts';
import { effectiveRank } from '../tiers/listings.ts';
import { type Invoice, outstandingOf, withInvoices } from './ledger.ts';
import type { Reminder } from './suspension-rules.ts';

/** Reminders, SPEC section 6: a word on its day, while any of the invoice is unpaid. */
export const reminderRule = (moment: Moment): Ruling => {
  const { cause, state, policy, at } = moment;
  if (cause.kind !== 'due' || cause.due !== 'reminder' || !state.ledger || !isReminded(state, policy, at))
    return undefined;
  const due = remindersOf(state, policy).filter(({ day }) => remindAt(policy, day) === at);
  if (due.length === 0) return undefined;
  const ledger = withInvoices(state.ledger, (invoice) => {
    const day = due.findLast((one) => one.invoice === invoice)?.day;
    return day === undefined ? invoice : { ...invoice, remindedOn: day };
  });
  return { state: { ...state, ledger }, triggers: due.map((one) => reminderDue(moment, one)) };
};

/** A reminder of an invoice, and the civil day on which it is due. */
type DueReminder = {
  readonly invoice: Invoice;
  readonly reminder: Reminder;
  readonly outstanding: number;
  readonly day: CivilDay;
};

const reminderDue = (
  moment: Moment,
  { invoice: { id, dueOn }, reminder, outstanding }: DueReminder,
): TriggerOf<'payment-reminder.due'> => {
  const { policy, today } = moment;
  const data = { invoiceId: id, dueOn: formatDay(dueOn), outstanding };
  const trigger = makeTrigger(moment, 'payment-reminder.due', { rule: 'suspension' }, [id, reminder.offset], data);
  return { ...trigger, expirytime: formatInstant(policy.calendar.instantOf(today + 1, 0)) };
};

const isReminded = (state: State, policy: ActivePolicy, at: Instant): boolean =>
  effectiveRank(state, policy, at) >= policy.suspension.remindMinRank;

const remindAt = ({ calendar, suspension }: ActivePolicy, day: CivilDay): Instant =>
  calendar.instantOf(day, suspension.remindAtMs);

/** Every reminder of what is unpaid that was not said, past ones too; of one invoice by their days. */
const remindersOf = ({ ledger }: State, { suspension }: ActivePolicy): readonly DueReminder[] => {
  if (!ledger) return [];
  const outstanding = outstandingOf(ledger);
  return ledger.invoices.flatMap((invoice, n) =>
    suspension.reminders.flatMap((reminder) => {
      const day = invoice.dueOn + reminder.days;
      const isSaid = invoice.remindedOn !== undefined && day <= invoice.remindedOn;
      return outstanding[n] === 0 || isSaid ? [] : [{ invoice, reminder, outstanding: outstanding[n] as number, day }];
    }),
  );
};

/** The next reminder of what is unpaid, after an instant. */
export const nextReminder = (state: State, policy: ActivePolicy, after: Instant): Instant | undefined => {
  if (!state.ledger || state.ledger.invoices.length === 0 || !isReminded(state, policy, after)) return undefined;
  const yesterday = policy.calendar.dayOf(after) - 1;
  let next: Instant | undefined;
  for (const { day } of remindersOf(state, policy)) {
    if (day < yesterday) continue;
    const at = remindAt(policy, day);
    if (at > after && (next === undefined || at < next)) next = at;
  }
  return next;
};

export const reminderIsAt = (state: State, policy: ActivePolicy, at: Instant): boolean =>
  isReminded(state, policy, at) && remindersOf(state, policy).some(({ day }) => remindAt(policy, day) === at);
