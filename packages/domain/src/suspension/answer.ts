import { type Because, type EventData, type Instant, parseWindow, type Window } from '@alo/contracts';
import type { Moment } from '../moment.ts';
import { describeWindow, windowValue } from '../spend/windows.ts';
import { debtOn } from './ledger.ts';
import { protectingRule } from './protection.ts';
import type { ProtectRule } from './suspension-rules.ts';

type Request = EventData<'suspension.requested'>;

/** Why a suspension is allowed. */
export type AllowReason = 'never-skip' | 'closed' | 'not-protected' | 'skip-limit' | 'debt-cap';

/** The figures that decided. */
export type Figures = Pick<Because, 'window' | 'threshold'>;

export type Answer =
  | { readonly kind: 'allowed'; readonly reason: AllowReason; readonly figures: Figures }
  | {
      readonly kind: 'skipped';
      /** Who owes nothing is skipped without counting. */
      readonly counts: boolean;
      /** Minor units: what a payment has to reach to settle it. */
      readonly owed: number;
      readonly validUntil: Instant | undefined;
    };

/** What a subscriber owes, in minor units, and whether anybody knows. */
type Owed = { readonly amount: number; readonly isKnown: boolean };

const averageWindow = parseWindow('average-of-last-3-months') as Window;

/** The answer to a request to suspend: SPEC section 6. */
export const answerTo = (request: Request, moment: Moment): Answer => {
  const { state, policy, at } = moment;
  if (policy.suspension.never.includes(request.reason)) return allowed('never-skip');
  if (state.phase !== 'open') return allowed('closed');
  const rule = protectingRule(moment);
  if (!rule) return allowed('not-protected');
  const { amount, isKnown } = owedBy(request, moment);
  const counts = !isKnown || amount > 0;
  const limit = counts ? limitReached(rule, amount, moment) : undefined;
  const validUntil = rule.skipMs === undefined ? undefined : at + rule.skipMs;
  return limit ?? { kind: 'skipped', counts, owed: amount, validUntil };
};

const allowed = (reason: AllowReason, figures: Figures = {}): Answer => ({ kind: 'allowed', reason, figures });

/** The request's own debt, when it names one in the policy's currency; else the ledger's. */
const owedBy = ({ debt }: Request, { state: { ledger }, policy, today }: Moment): Owed => {
  if (debt?.currency === policy.policy.currency) return { amount: debt.amount, isKnown: true };
  return ledger ? { amount: debtOn(ledger, today), isKnown: ledger.isBilled } : { amount: 0, isKnown: false };
};

const limitReached = (rule: ProtectRule, owedMinor: number, moment: Moment): Answer | undefined => {
  if ((moment.state.suspension?.skips ?? 0) >= rule.skipsMax) return allowed('skip-limit');
  if (owedMinor > rule.debtMax) return allowed('debt-cap', { threshold: rule.debtMax });
  return averageCapPassed(rule, owedMinor, moment);
};

/** The cap by the average holds only for who has one above 0. */
const averageCapPassed = (
  { percentOfAverage }: ProtectRule,
  owedMinor: number,
  { state, today }: Moment,
): Answer | undefined => {
  if (percentOfAverage === undefined) return undefined;
  const average = windowValue(state, averageWindow, today);
  if (average === 0 || !isAbovePercent(owedMinor, percentOfAverage, average)) return undefined;
  const window = describeWindow(averageWindow, today, average);
  return allowed('debt-cap', { window, threshold: percentOfAverage });
};

/** Exact, however large: a debt may be 2^52, a share 100,000 %. */
const isAbovePercent = (amountMinor: number, percent: number, ofMinor: number): boolean =>
  BigInt(amountMinor) * 100n > BigInt(ofMinor) * BigInt(percent);
