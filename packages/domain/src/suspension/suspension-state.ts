import type { EventData, Instant } from '@alo/contracts';
import { hasMark, type IdMarks, withMark } from './id-marks.ts';

export type RequestReason = EventData<'suspension.requested'>['reason'];

/** A counted skip that ends at an instant, and has not ended yet. */
export type OpenSkip = { readonly requestId: string; readonly reason: RequestReason; readonly until: Instant };

/** What is kept of requests to suspend a subscriber. */
export type SuspensionState = {
  /** The ids that were answered. */
  readonly answered: IdMarks;
  /** Counted skips in a row. */
  readonly skips: number;
  /** Minor units that payments since the last counted skip lack of its debt; undefined once that is settled. */
  readonly unsettled?: number;
  readonly open?: OpenSkip;
};

/** So many ids are remembered of one subscriber, the latest: a request is never LATE. */
const answeredMax = 1000;

const nothingAsked: SuspensionState = { answered: '', skips: 0 };

export const isAnswered = (state: SuspensionState | undefined, requestId: string): boolean =>
  state !== undefined && hasMark(state.answered, requestId);

export const withAnswered = (state: SuspensionState = nothingAsked, requestId: string): SuspensionState => ({
  ...state,
  answered: withMark(state.answered, requestId, answeredMax),
});

/** Only the last counted skip is open; one without an end never expires. */
export const withSkip = (
  { answered, skips }: SuspensionState,
  owedMinor: number,
  open: OpenSkip | undefined,
): SuspensionState => ({ answered, skips: skips + 1, unsettled: owedMinor, ...(open && { open }) });

/** At its end a skip is no longer open; what it is for can still be settled. */
export const withoutOpen = ({ open: _, ...others }: SuspensionState): SuspensionState => others;

/** A payment that with all since the last counted skip reaches its debt settles it for good, and the count is 0. */
export const afterPayment = (state: SuspensionState, amountMinor: number): SuspensionState => {
  if (state.unsettled === undefined) return state;
  const unsettled = state.unsettled - amountMinor;
  return unsettled <= 0 ? { answered: state.answered, skips: 0 } : { ...state, unsettled };
};

export const afterReversal = (state: SuspensionState, amountMinor: number): SuspensionState =>
  state.unsettled === undefined ? state : { ...state, unsettled: state.unsettled + amountMinor };

/** Of whom no more is said, only what was answered is of interest. */
export const answersOf = (state: SuspensionState | undefined): SuspensionState | undefined =>
  state && { answered: state.answered, skips: 0 };
