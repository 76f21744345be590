import { type AloEvent, type Instant, parseInstant, type Trigger } from '@alo/contracts';
import { DateTime } from 'luxon';
import type { Lived } from './lives.ts';

/** What a life's policy says of payments, as its JSON has it. */
type Section = {
  readonly grace: readonly { readonly minTier: string; readonly days: number }[];
  readonly remind: readonly string[];
  readonly remindAt: string;
  readonly remindMinTier?: string;
};

const ranks = ['base', 'vip', 'gold', 'platinum'];

/** A bill of one subscriber: what is known of it by the events alone. */
export type Bill = { readonly id: string; readonly amount: number; readonly dueOn: string; readonly knownAt: Instant };

/** A life as somebody sees it who has the events, the triggers and a calendar of his own. */
export const follow = (lived: readonly Lived[], subject: string) => {
  const taken = lived.filter(({ folded }) => folded.outcome.kind === 'taken' || folded.outcome.kind === 'activated');
  const own = taken.filter(({ record }) => record.incoming.event.subject === subject);
  const triggers = lived
    .flatMap(({ folded }) => folded.outputs)
    .flatMap((output) => (output.kind === 'trigger' && output.trigger.subject === subject ? [output.trigger] : []));
  const activations = lived.filter(({ folded }) => folded.outcome.kind === 'activated');
  const zone = String(policyOf(activations[0] as Lived).zone);
  const end = own.find(({ record: { incoming } }) =>
    ['subscriber.closed', 'subscriber.erased'].includes(incoming.event.name),
  );

  const instantOf = (date: string, days: number, time: string): Instant =>
    DateTime.fromISO(`${date}T${time}`, { zone }).plus({ days }).toMillis();
  const sectionAt = (at: Instant): Section =>
    policyOf(activations.findLast(({ now }) => now < at) as Lived).suspension as Section;
  const isOpenAt = (at: Instant): boolean => end === undefined || end.now >= at;

  /** The rank told before an instant, and with what falls due at it by one of these kinds. */
  const rankAt = (at: Instant, kinds: readonly string[]): number =>
    triggers.reduce((rank, trigger) => {
      const time = parseInstant(trigger.time);
      const cause = trigger.data?.because.cause;
      const isSoon = time < at || (time === at && cause !== undefined && 'due' in cause && kinds.includes(cause.due));
      return isSoon ? (rankTold(trigger) ?? rank) : rank;
    }, 0);

  /** Bills, payments less reversals, after these of the subscriber's events. */
  const booksAfter = (events: readonly Lived[]) => {
    const bills = new Map<string, Bill>();
    let paid = 0;
    for (const { record, now } of events) paid += book(bills, record.incoming.event, now);
    const sorted = [...bills.values()].sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0));
    return { bills: sorted, paid };
  };

  const unpaidAt = (at: Instant, id: string): number => {
    const { bills, paid } = booksAfter(own.filter(({ now }) => now < at));
    let credit = bills.reduce((sum, { amount }) => sum + Math.max(0, -amount), paid);
    for (const bill of bills) {
      const unpaid = Math.max(0, bill.amount) - Math.min(Math.max(0, bill.amount), Math.max(0, credit));
      credit -= Math.max(0, bill.amount);
      if (bill.id === id) return unpaid;
    }
    return 0;
  };

  const dueDateEnd = ({ dueOn }: Bill): Instant => instantOf(dueOn, 1, '00:00');

  const graceOf = (bill: Bill): number => {
    const at = dueDateEnd(bill);
    if (bill.knownAt >= at || !isOpenAt(at)) return 0;
    const rank = rankAt(at, ['list', 'review', 'warning', 'grace']);
    const fitting = sectionAt(at).grace.filter(({ minTier }) => ranks.indexOf(minTier) <= rank);
    return fitting.sort((a, b) => ranks.indexOf(b.minTier) - ranks.indexOf(a.minTier))[0]?.days ?? 0;
  };

  const debtAfter = (events: readonly Lived[], now: Instant): number => {
    const { bills, paid } = booksAfter(events);
    const credit = bills.reduce((sum, { amount }) => sum + Math.max(0, -amount), paid);
    const overdue = bills.filter((bill) => instantOf(bill.dueOn, 1 + graceOf(bill), '00:00') <= now);
    return Math.max(0, overdue.reduce((sum, { amount }) => sum + Math.max(0, amount), 0) - credit);
  };

  const until = (lived.at(-1) as Lived).now;

  /** The grace that must have been granted. */
  const graces = (): readonly string[] =>
    booksAfter(own).bills.flatMap((bill) => {
      const at = dueDateEnd(bill);
      const unpaid = unpaidAt(at, bill.id);
      const days = at <= until ? graceOf(bill) : 0;
      const date = DateTime.fromISO(bill.dueOn).plus({ days }).toISODate();
      return days > 0 && unpaid > 0 ? [`${bill.id} ${at} until ${date}: ${unpaid}`] : [];
    });

  /** The reminders that must have come. */
  const reminders = (): readonly string[] => {
    const sections = activations.map((one) => policyOf(one).suspension as Section);
    return booksAfter(own).bills.flatMap((bill) =>
      sections.flatMap((section) =>
        section.remind.flatMap((offset) => {
          const days = Number(offset.replace(/[PD]/g, ''));
          const at = instantOf(bill.dueOn, days, section.remindAt);
          if (at > until || bill.knownAt >= at || !isOpenAt(at) || sectionAt(at) !== section) return [];
          const rank = rankAt(at, ['list', 'review', 'warning', 'grace', 'reminder']);
          const unpaid = unpaidAt(at, bill.id);
          const isLow = rank < ranks.indexOf(section.remindMinTier ?? 'base');
          return isLow || unpaid === 0 ? [] : [`${bill.id} ${offset} ${at}: ${unpaid}`];
        }),
      ),
    );
  };

  return { own, triggers, graces, reminders, booksAfter, debtAfter };
};

type Followed = Record<string, unknown>;

const policyOf = ({ record }: Lived): Followed => {
  const { event } = record.incoming;
  if (event.name !== 'policy.activated') throw new Error('no activation');
  return event.data.policy as Followed;
};

const rankTold = (trigger: Trigger): number | undefined => {
  if (trigger.type === 'alo.tier.upgraded.v1' || trigger.type === 'alo.tier.downgraded.v1') {
    return ranks.indexOf(trigger.data.to);
  }
  return trigger.type === 'alo.standing.changed.v1' && trigger.data ? ranks.indexOf(trigger.data.tier) : undefined;
};

/** Enters an event into the bills, and tells what it pays. */
const book = (bills: Map<string, Bill>, event: AloEvent, now: Instant): number => {
  switch (event.name) {
    case 'invoice.issued':
      bills.set(event.data.invoiceId, {
        id: event.data.invoiceId,
        amount: event.data.amount,
        dueOn: event.data.dueOn,
        knownAt: now,
      });
      return 0;
    case 'invoice.adjusted': {
      const bill = bills.get(event.data.invoiceId) as Bill;
      bills.set(bill.id, { ...bill, amount: bill.amount + event.data.amount });
      return 0;
    }
    case 'payment.received':
      return event.data.amount;
    case 'payment.reversed':
      return -event.data.amount;
    case 'subscriber.opened':
      return -(event.data.debt?.amount ?? 0);
    default:
      return 0;
  }
};
