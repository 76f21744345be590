import {
  type AloEvent,
  type Because,
  formatInstant,
  type Instant,
  type OutputData,
  type OutputName,
  outputId,
  type Trigger,
} from '@alo/contracts';
import type { ActivePolicy, DueKind } from './active-policy.ts';
import type { CivilDay } from './calendar/calendar.ts';
import { formatDay } from './calendar/civil-date.ts';
import type { State } from './state.ts';
import { occurrenceAt } from './tiers/review-schedule.ts';

/** What makes rules speak: an event, or something that fell due at an instant. */
export type Cause =
  | { readonly kind: 'event'; readonly event: AloEvent }
  | { readonly kind: 'due'; readonly due: DueKind; readonly at: Instant };

/** A sum that an event changed: on which civil day, and the instant it is for. */
export type SpendChange = { readonly day: CivilDay; readonly instant: Instant };

/** All that a rule may look at: one subscriber, before the cause and as the rules before have left it. */
export type Moment = {
  readonly subscriber: string;
  readonly policy: ActivePolicy;
  readonly cause: Cause;
  /** The now of the cause's record, or the due instant. */
  readonly at: Instant;
  readonly today: CivilDay;
  readonly before: State;
  readonly state: State;
  readonly change: SpendChange | undefined;
};

/** A rule's answer: another state, what is to be said, or nothing. */
export type Ruling = { readonly state?: State; readonly triggers?: readonly Trigger[] } | undefined;

/** Reads a moment and answers; knows nothing else. */
export type Rule = (moment: Moment) => Ruling;

/** The cause as parts of an output's id: source and id, or the kind of due item and its instant. */
export const causeParts = ({ cause, policy }: Moment): readonly string[] => {
  if (cause.kind === 'event') return [cause.event.source, cause.event.id];
  const review = cause.due === 'review' ? policy.review && occurrenceAt(policy.review.schedule, cause.at) : undefined;
  if (review) return ['review', formatDay(review.day)];
  return [cause.due, formatInstant(cause.at)];
};

const describeCause = ({ cause }: Moment): Because['cause'] => {
  if (cause.kind === 'due') return { due: cause.due, at: formatInstant(cause.at) };
  const { source, id, type, occurredAt } = cause.event;
  return { source, id, type, time: formatInstant(occurredAt) };
};

type Reason = { readonly rule: string } & Pick<Because, 'window' | 'threshold'>;

/** Why a trigger is emitted, from the rule's section and what it compared. */
const becauseOf = (moment: Moment, { rule, window, threshold }: Reason): Because => ({
  rule,
  policy: moment.policy.name,
  ...(window && { window }),
  ...(threshold !== undefined && { threshold }),
  cause: describeCause(moment),
});

type WithoutBecause<Data> = Data extends null ? never : Omit<Data, 'because'>;

export type TriggerOf<Name extends OutputName> = Extract<Trigger, { type: `alo.${Name}.v1` }>;

/** Makes a trigger; `parts` are those of its id after name and subscriber. */
export const makeTrigger = <Name extends OutputName>(
  moment: Moment,
  name: Name,
  reason: Reason,
  parts: readonly (string | number)[],
  data: WithoutBecause<OutputData<Name>> | null,
): TriggerOf<Name> =>
  ({
    specversion: '1.0',
    id: outputId(name, moment.subscriber, ...parts),
    source: moment.policy.source,
    type: `alo.${name}.v1`,
    subject: moment.subscriber,
    time: formatInstant(moment.at),
    datacontenttype: 'application/json',
    ...(moment.cause.kind === 'event' &&
      moment.cause.event.traceparent !== undefined && { traceparent: moment.cause.event.traceparent }),
    data: data === null ? null : { ...data, because: becauseOf(moment, reason) },
  }) as unknown as TriggerOf<Name>;
