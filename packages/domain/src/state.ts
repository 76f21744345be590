import type { EventData, Instant } from '@alo/contracts';
import type { Seen } from './admission/fingerprints.ts';
import type { QualityState } from './care/quality-reports.ts';
import type { OccasionEntry } from './occasions/occasion-log.ts';
import type { Spend } from './spend/windows.ts';
import type { Ledger } from './suspension/ledger.ts';
import type { SuspensionState } from './suspension/suspension-state.ts';
import type { TierState } from './tiers/tier-state.ts';

/** A span of instants, half-open, for which a subscriber is on a list. */
export type Listing = { readonly list: string; readonly from: Instant; readonly to: Instant | undefined };

/** The thresholds of an alert that fired in a period, so that each fires once in it. */
export type FiredAlert = { readonly alert: string; readonly period: string; readonly at: readonly number[] };

/** What downstream was last told about a subscriber. */
export type Standing = {
  readonly tier: string;
  readonly protected: boolean;
  /** The end of an open skip. */
  readonly skipUntil?: Instant;
  readonly promotionsMuted: boolean;
};

/** All that alo knows of one subscriber: a value, which no rule changes but by answering with another. */
export type State = Spend &
  Seen & {
    /** A closed subscriber's bills are still summed; of an erased one nothing is left but this word. */
    readonly phase: 'open' | 'closed' | 'erased';
    /** Undefined for whoever is, and was last said to be, at the base. */
    readonly tier: TierState | undefined;
    readonly listings: readonly Listing[];
    readonly firedAlerts: readonly FiredAlert[];
    /** What came of occasions, as far as it still matters. */
    readonly occasions: readonly OccasionEntry[];
    /** The retention rules that have spoken, each with the month it last did. */
    readonly dropped: Readonly<Record<string, string>> | undefined;
    /** Undefined for whoever had no report that a rule asks for. */
    readonly quality: QualityState | undefined;
    /** Undefined for whoever was never billed and never paid. */
    readonly ledger: Ledger | undefined;
    /** Undefined for whoever nobody asked to suspend. */
    readonly suspension: SuspensionState | undefined;
    /** Undefined until the first is told: base, unprotected, not muted. */
    readonly standing: Standing | undefined;
    readonly profile: EventData<'subscriber.updated'> | undefined;
  };

/** A subscriber of whom nothing is known. */
export const unknownSubscriber: State = {
  phase: 'open',
  days: [],
  months: [],
  recent: '',
  lasting: '',
  tier: undefined,
  listings: [],
  firedAlerts: [],
  occasions: [],
  dropped: undefined,
  quality: undefined,
  ledger: undefined,
  suspension: undefined,
  standing: undefined,
  profile: undefined,
};

/** Bare: it remembers no ids. */
export const tombstone: State = { ...unknownSubscriber, phase: 'erased' };

/** An instant at which something happened to a subscriber, and what it was. */
export type Due = { readonly subscriber: string; readonly dueAt: Instant };
