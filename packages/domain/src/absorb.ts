import type { AloEvent, EventData, Instant } from '@alo/contracts';
import type { ActivePolicy } from './active-policy.ts';
import { isMeasured } from './admission/admission.ts';
import { type Fingerprint, withFingerprint } from './admission/fingerprints.ts';
import type { CivilDay } from './calendar/calendar.ts';
import { monthOf, parseDay, parseMonth } from './calendar/civil-date.ts';
import { reportOf, withReport } from './care/quality-reports.ts';
import { givenBefore, withAcknowledged } from './occasions/occasion-log.ts';
import { charged, spendChange } from './spend/spend-change.ts';
import { type State, tombstone } from './state.ts';
import { billed, paid, withDebt } from './suspension/account.ts';
import { answersOf } from './suspension/suspension-state.ts';
import { withListing, withoutList } from './tiers/listings.ts';
import { unreachable } from './unreachable.ts';

/** The state with an event's fingerprint remembered. */
export const withId = (state: State, event: AloEvent, fingerprint: Fingerprint, today: CivilDay): State => {
  const { recent, lasting } = withFingerprint(state, fingerprint, { isLasting: !isMeasured(event), today });
  return { ...state, recent, lasting };
};

/** The facts of an event written into the state; what follows from them is the rules' to say. */
export const absorb = (state: State, event: AloEvent, policy: ActivePolicy, now: Instant): State => {
  const today = policy.calendar.dayOf(now);
  switch (event.name) {
    case 'usage.charged':
    case 'usage.adjusted':
      return { ...state, ...charged(state, spendChange(event, policy).day, event.data.amount, today) };
    case 'subscriber.opened':
      return opened(state, event.data, policy, now);
    case 'subscriber.updated':
      return { ...state, profile: event.data };
    case 'subscriber.listed':
      return { ...state, listings: withListing(state.listings, event.data, now) };
    case 'subscriber.delisted':
      return { ...state, listings: withoutList(state.listings, event.data.list) };
    case 'subscriber.closed':
      return closed(state);
    case 'subscriber.erased':
      return tombstone;
    case 'quality.reported':
      return state.phase === 'open' ? reported(state, event, policy, today) : state;
    case 'invoice.issued':
    case 'invoice.adjusted':
      return billed(state, event, policy, today);
    case 'payment.received':
    case 'payment.reversed':
      return paid(state, event, policy, today);
    case 'trigger.acknowledged':
      return { ...state, occasions: withAcknowledged(state.occasions, event.subject, event.data) };
    case 'suspension.requested':
    case 'time.ticked':
    case 'policy.activated':
      return state;
    default:
      return unreachable(event);
  }
};

/**
 * Opening balances: a month holds its days too, and one of which only days are told is their sum.
 * The tier is what the operator says it is.
 */
const opened = (state: State, data: EventData<'subscriber.opened'>, policy: ActivePolicy, now: Instant): State => {
  const days = Object.entries(data.days ?? {}).map(([day, amount]) => [parseDay(day), amount] as const);
  const months = new Map<number, number>();
  for (const [day, amount] of days) months.set(monthOf(day), (months.get(monthOf(day)) ?? 0) + amount);
  for (const [month, amount] of Object.entries(data.months ?? {})) months.set(parseMonth(month), amount);
  const rank = data.tier === undefined ? 0 : (policy.rankOf(data.tier) as number);
  return {
    ...state,
    days: days.sort(byKey).flat(),
    months: [...months].sort(byKey).flat(),
    tier: rank === 0 ? state.tier : { computed: rank, reachedAt: now, failures: 0, effective: rank },
    occasions: givenBefore(data.gifts),
    ledger: withDebt(state.ledger, data.debt, policy),
  };
};

/** Final bills are still summed, and no invoice may come twice; of all else nothing matters any more. */
const closed = (state: State): State => ({
  ...state,
  phase: 'closed',
  listings: [],
  firedAlerts: [],
  occasions: [],
  quality: undefined,
  suspension: answersOf(state.suspension),
  profile: undefined,
});

const reported = (
  state: State,
  { data, occurredAt }: AloEvent & { readonly name: 'quality.reported' },
  { calendar, reportDays }: ActivePolicy,
  today: CivilDay,
): State => {
  const report = reportOf(data, calendar.dayOf(occurredAt));
  const reports = withReport(state.quality?.reports ?? [], report, reportDays, today);
  if (reports.length === 0 && !state.quality?.spoken) return state.quality ? { ...state, quality: undefined } : state;
  return { ...state, quality: { ...state.quality, reports } };
};

const byKey = (a: readonly [number, number], b: readonly [number, number]) => a[0] - b[0];
