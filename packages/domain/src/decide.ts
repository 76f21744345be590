import type { AloEvent, Instant, Refusal, Trigger } from '@alo/contracts';
import { absorb, withId } from './absorb.ts';
import type { ActivePolicy } from './active-policy.ts';
import { admit } from './admission/admission.ts';
import { standingEnded, standingRule } from './care/standing.ts';
import { dueItems, isDueAt, nextDue } from './due-items.ts';
import type { Cause, Moment, Rule } from './moment.ts';
import { cancelRule } from './occasions/occasion-rules.ts';
import { rules } from './rules.ts';
import { spendChange } from './spend/spend-change.ts';
import { type State, unknownSubscriber } from './state.ts';
import { requestRule } from './suspension/request-rule.ts';
import { isAnswered } from './suspension/suspension-state.ts';

/** What a decision leaves: the state, what is said, and when something falls due next. */
export type Decision = {
  readonly state: State;
  readonly triggers: readonly Trigger[];
  readonly dueAt: Instant | undefined;
};

export type EventDecision =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

type Given = { readonly subscriber: string; readonly policy: ActivePolicy; readonly at: Instant };

/** Decides on one event of one subscriber. */
export const decideEvent = (
  known: State | undefined,
  event: AloEvent,
  given: Given & { readonly ahead: boolean },
): EventDecision => {
  const { policy, at, ahead } = given;
  const before = known ?? unknownSubscriber;
  const admission = admit(event, before, policy, at, ahead);
  if (admission.kind !== 'taken') return admission;
  const today = policy.calendar.dayOf(at);
  const absorbed = absorb(before, event, policy, at);
  const { fingerprint } = admission;
  const isForgotten = fingerprint === undefined || absorbed.phase === 'erased';
  const state = isForgotten ? absorbed : withId(absorbed, event, fingerprint, today);
  const isSpend = event.name === 'usage.charged' || event.name === 'usage.adjusted';
  const change = isSpend ? spendChange(event, policy) : undefined;
  const { subscriber } = given;
  const moment: Moment = { subscriber, policy, cause: { kind: 'event', event }, at, today, before, state, change };
  return { kind: 'decided', decision: concluded(moment, rulesFor(moment)) };
};

/**
 * Who is closed or erased gets one last word, and whoever asks to suspend them an answer; of opening balances nothing
 * comes out but standing.
 */
const rulesFor = ({ cause, before, state }: Moment): readonly Rule[] => {
  const event = cause.kind === 'event' ? cause.event : undefined;
  if (event?.name === 'suspension.requested') {
    if (isAnswered(before.suspension, event.data.requestId)) return [];
    return state.phase === 'open' ? rules : [requestRule];
  }
  if (state.phase !== 'open') return before.phase === 'open' ? [cancelRule, standingEnded] : [];
  return event?.name === 'subscriber.opened' ? [standingRule] : rules;
};

/** Settles all that falls due for a subscriber at one instant, kind by kind, each on what those before have left. */
export const decideDue = (before: State, given: Given): Decision => {
  const { policy, at } = given;
  const today = policy.calendar.dayOf(at);
  let state = before;
  const triggers: Trigger[] = [];
  for (const item of dueItems) {
    if (!isDueAt(item, state, policy, given)) continue;
    const cause: Cause = { kind: 'due', due: item.kind, at };
    const decision = concluded({ ...given, cause, today, before: state, state, change: undefined }, rules);
    state = decision.state;
    triggers.push(...decision.triggers);
  }
  return { state, triggers, dueAt: nextDue(state, policy, at, given.subscriber) };
};

/** Lets the rules speak one after the other, each on what those before have left. */
const concluded = (first: Moment, speaking: readonly Rule[]): Decision => {
  let moment = first;
  let triggers: readonly Trigger[] = [];
  for (const rule of speaking) {
    const ruling = rule(moment);
    if (!ruling) continue;
    if (ruling.state) moment = { ...moment, state: ruling.state };
    if (ruling.triggers) triggers = triggers.length === 0 ? ruling.triggers : [...triggers, ...ruling.triggers];
  }
  const { state, policy, at, subscriber } = moment;
  return { state, triggers, dueAt: nextDue(state, policy, at, subscriber) };
};
