import type { Instant } from '@alo/contracts';
import type { ActivePolicy } from '../active-policy.ts';
import type { State } from '../state.ts';
import { consentsToGifts, handlingAt, hasSpent, isAddressed } from './audience.ts';
import { hasCome } from './occasion-log.ts';
import { nextOccurring, type OccasionRule, type Occurring } from './occasions.ts';

/** The next instant after one at which an occasion may be due for a subscriber: the audience is judged then. */
export const nextOccasion = (
  state: State,
  policy: ActivePolicy,
  after: Instant,
  subscriber: string,
): Instant | undefined => {
  if (policy.occasions.length === 0 || !consentsToGifts(state, policy)) return undefined;
  const whose = { calendar: policy.calendar, subscriber };
  let next = Number.POSITIVE_INFINITY;
  for (const rule of policy.occasions) {
    if (!isAddressed(rule.audience, state, policy, after)) continue;
    next = nextOccurring(rule, state, whose, { after, before: next })?.at ?? next;
  }
  return next === Number.POSITIVE_INFINITY ? undefined : next;
};

export type DueOccasion = Occurring & { readonly rule: OccasionRule };

/** The occasions that are due for a subscriber at exactly this instant, in the policy's order. Each is said. */
export const occasionsAt = (
  state: State,
  policy: ActivePolicy,
  at: Instant,
  subscriber: string,
): readonly DueOccasion[] => {
  if (policy.occasions.length === 0 || !consentsToGifts(state, policy)) return [];
  const whose = { calendar: policy.calendar, subscriber };
  const today = policy.calendar.dayOf(at);
  const due = policy.occasions.flatMap((rule) => {
    if (!isAddressed(rule.audience, state, policy, at)) return [];
    const found = nextOccurring(rule, state, whose, { after: at - 1, before: at + 1 });
    if (!found || hasCome(state.occasions, rule.id, found.year) || !hasSpent(rule.audience, state, today)) return [];
    return [{ ...found, rule }];
  });
  return due.length > 0 && handlingAt(state, policy, at) === 'none' ? [] : due;
};
