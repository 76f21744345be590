import type { Instant } from '@alo/contracts';
import { type Moment, makeTrigger, type Ruling } from '../moment.ts';
import type { State } from '../state.ts';
import { withoutOpen } from './suspension-state.ts';

/** A skip that ends while it is open, SPEC section 6: said with the request's reason. */
export const skipExpiryRule = (moment: Moment): Ruling => {
  const { cause, state } = moment;
  if (cause.kind !== 'due' || cause.due !== 'skip-expiry' || !state.suspension?.open) return undefined;
  const { requestId, reason } = state.suspension.open;
  const trigger = makeTrigger(moment, 'suspension.skip-expired', { rule: 'suspension' }, [requestId], {
    requestId,
    reason,
  });
  return { state: { ...state, suspension: withoutOpen(state.suspension) }, triggers: [trigger] };
};

/** The next end of an open skip after an instant. */
export const nextSkipExpiry = ({ suspension }: State, after: Instant): Instant | undefined => {
  const until = suspension?.open?.until;
  return until !== undefined && until > after ? until : undefined;
};

export const skipExpiresAt = ({ suspension }: State, at: Instant): boolean => suspension?.open?.until === at;
