import { type Because, formatInstant } from '@alo/contracts';
import {
  type ActivePolicy,
  compareUtf8,
  debtOn,
  decodeHeader,
  decodeState,
  describeWindow,
  dueItems,
  formatDay,
  isDueAt,
  outstandingOf,
  type State,
  windowValue,
} from '@alo/domain';
import { type Applied, PartitionStopped, type Stored } from '@alo/runtime';
import { windowsOf } from './windows-of.ts';

/** What is known of a subscriber, as far as its operator may ask for it. Amounts are minor units. */
export type KnownSubscriber = {
  readonly subscriber: string;
  readonly partition: number;
  /** The now of the last record that was folded. */
  readonly asOf: string;
  readonly policy: ActivePolicy['name'];
  readonly currency: string;
  readonly phase: State['phase'];
  readonly tier: {
    readonly effective: string;
    readonly bySpend: string;
    /** When the tier by spend was reached; undefined at the base. */
    readonly since?: string;
    readonly failedReviews: number;
  };
  readonly windows: readonly NonNullable<Because['window']>[];
  /** As downstream was last told. */
  readonly standing: { readonly protected: boolean; readonly skipUntil?: string; readonly promotionsMuted: boolean };
  readonly listings: readonly { readonly list?: string; readonly from: string; readonly to?: string }[];
  /** Undefined for whoever was never billed and never paid. */
  readonly account?: {
    readonly debt: number;
    readonly invoices: readonly { readonly invoiceId: string; readonly dueOn: string; readonly outstanding: number }[];
  };
  readonly skippedSuspensions: number;
  readonly next?: { readonly at: string; readonly kinds: readonly string[] };
};

export type Erased = { readonly subscriber: string; readonly partition: number; readonly phase: 'erased' };

export type Found = {
  readonly subscriber: string;
  readonly partition: number;
  readonly applied: Applied;
  readonly stored: Stored;
  /** Who is on which list is nobody's business, unless asked for. */
  readonly withLists: boolean;
};

const readable = <Value>(what: string, read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    throw new PartitionStopped(`${what} cannot be read by this alo: ${(error as Error).message}`);
  }
};

/** The names of ranks. While an activation goes through the subscribers, who is not done yet stands on the old ladder. */
const ladderOf = (
  policy: ActivePolicy,
  before: readonly string[],
  { subscriber, applied }: Found,
): readonly string[] => {
  const { rearmedUpTo } = applied;
  const isBehind = rearmedUpTo !== undefined && compareUtf8(subscriber, rearmedUpTo) > 0;
  return isBehind && before.length > 0 ? before : policy.ladder.map(({ name }) => name);
};

const tierOf = ({ tier }: State, ladder: readonly string[]): KnownSubscriber['tier'] => {
  const named = (rank: number) => ladder[rank] ?? `rank ${rank}`;
  const isAbove = tier !== undefined && tier.computed > 0;
  return {
    effective: named(tier?.effective ?? 0),
    bySpend: named(tier?.computed ?? 0),
    ...(isAbove && { since: formatInstant(tier.reachedAt) }),
    failedReviews: tier?.failures ?? 0,
  };
};

const standingOf = ({ standing }: State): KnownSubscriber['standing'] => ({
  protected: standing?.protected ?? false,
  ...(standing?.skipUntil !== undefined && { skipUntil: formatInstant(standing.skipUntil) }),
  promotionsMuted: standing?.promotionsMuted ?? false,
});

const listingsOf = ({ listings }: State, withLists: boolean): KnownSubscriber['listings'] =>
  listings.map(({ list, from, to }) => ({
    ...(withLists && { list }),
    from: formatInstant(from),
    ...(to !== undefined && { to: formatInstant(to) }),
  }));

const accountOf = ({ ledger }: State, today: number): Pick<KnownSubscriber, 'account'> => {
  if (!ledger) return {};
  const outstanding = outstandingOf(ledger);
  const invoices = ledger.invoices.map(({ id, dueOn }, n) => ({
    invoiceId: id,
    dueOn: formatDay(dueOn),
    outstanding: outstanding[n] as number,
  }));
  return { account: { debt: debtOn(ledger, today), invoices: invoices.filter((invoice) => invoice.outstanding > 0) } };
};

const nextOf = (state: State, policy: ActivePolicy, { stored, subscriber }: Found): Pick<KnownSubscriber, 'next'> => {
  const { dueAt: at } = stored;
  if (at === undefined) return {};
  const due = dueItems.filter((item) => isDueAt(item, state, policy, { at, subscriber }));
  return { next: { at: formatInstant(at), kinds: due.map(({ kind }) => kind) } };
};

/**
 * What Redis holds of a subscriber, told without what is nobody's business: no profile, and of listings neither
 * reasons nor names. @throws PartitionStopped where another alo wrote it.
 */
export const knownSubscriber = (found: Found): KnownSubscriber | Erased => {
  const { subscriber, partition, applied, stored, withLists } = found;
  const state = readable('this state', () => decodeState(stored.value));
  if (state.phase === 'erased') return { subscriber, partition, phase: 'erased' };
  const { now = 0, policy, ladderBefore } = readable('the policy in Redis', () => decodeHeader(applied.header));
  if (!policy) throw new PartitionStopped(`partition ${partition} has states in Redis and no policy`);
  const today = policy.calendar.dayOf(now);
  return {
    subscriber,
    partition,
    asOf: formatInstant(now),
    policy: policy.name,
    currency: policy.policy.currency,
    phase: state.phase,
    tier: tierOf(state, ladderOf(policy, ladderBefore, found)),
    windows: windowsOf(policy).map(
      (window) => describeWindow(window, today, windowValue(state, window, today)) as NonNullable<Because['window']>,
    ),
    standing: standingOf(state),
    listings: listingsOf(state, withLists),
    ...accountOf(state, today),
    skippedSuspensions: state.suspension?.skips ?? 0,
    ...nextOf(state, policy, found),
  };
};
