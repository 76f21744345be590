import { type AloEvent, type Instant, type Refusal, sumMinorMax } from '@alo/contracts';
import type { ActivePolicy } from '../active-policy.ts';
import { monthOf } from '../calendar/civil-date.ts';
import { spendChange } from '../spend/spend-change.ts';
import { sumAt } from '../spend/sums.ts';
import { type State, unknownSubscriber } from '../state.ts';
import { impossibleInLedger } from '../suspension/account.ts';

const notNow = (message: string): Refusal => ({ code: 'STATE', message });

/** What is well formed and yet not possible for this subscriber now: STATE. */
export const impossibleNow = (
  event: AloEvent,
  state: State,
  policy: ActivePolicy,
  now: Instant,
): Refusal | undefined => {
  if (state.phase === 'erased') return notNow(`the subscriber was erased; no ${event.name} is taken any more`);
  if (event.name === 'subscriber.opened' && state !== unknownSubscriber) {
    return notNow("subscriber.opened must be a subscriber's first event");
  }
  if (sumWouldOverflow(event, state, policy)) return notNow('the sum of its month would pass what is exact (2^52)');
  const why = impossibleInLedger(event, state, policy, now);
  return why === undefined ? undefined : notNow(why);
};

const sumWouldOverflow = (event: AloEvent, state: State, policy: ActivePolicy): boolean => {
  if (event.name !== 'usage.charged' && event.name !== 'usage.adjusted') return false;
  const { day } = spendChange(event, policy);
  return Math.abs(sumAt(state.months, monthOf(day))) > sumMinorMax;
};
