import {
  type AloEvent,
  formatInstant,
  type Instant,
  parseInstant,
  printable,
  type Refusal,
  type RefusalCode,
} from '@alo/contracts';
import { type ActivePolicy, activatePolicy } from '../active-policy.ts';
import { monthOf } from '../calendar/civil-date.ts';
import type { State } from '../state.ts';
import { type Fingerprint, fingerprintOf, sightingOf } from './fingerprints.ts';
import { impossibleNow } from './state-refusals.ts';

export type Admission =
  /** Without a fingerprint what is never refused as LATE, and is so old that it would be: nothing remembers it. */
  | { readonly kind: 'taken'; readonly fingerprint: Fingerprint | undefined }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const refused = (code: RefusalCode, message: string): Refusal => ({ code, message });

/** Is the event late after days, as what is measured is, or after 24 months, as what is agreed is? */
export const isMeasured = ({ name }: AloEvent): boolean => name.startsWith('usage.') || name === 'quality.reported';

/** Decides whether a subscriber's event is taken; the first refusal that applies, in the order of SPEC section 2. */
export const admit = (event: AloEvent, state: State, policy: ActivePolicy, now: Instant, ahead: boolean): Admission => {
  const isRequest = event.name === 'suspension.requested';
  const early = isRequest ? undefined : (currencyRefusal(event, policy) ?? timeRefusal(event, policy, now, ahead));
  if (early) return { kind: 'refused', refusal: early };
  if (isRequest && isMonthsBack(event.occurredAt, policy, now)) return { kind: 'taken', fingerprint: undefined };
  const fingerprint = fingerprintOf(event, policy.calendar.dayOf(event.occurredAt));
  const sighting = sightingOf(state, fingerprint);
  if (sighting === 'duplicate') return { kind: 'duplicate' };
  if (sighting === 'conflict') {
    const message = `id ${printable(event.id)} of source ${printable(event.source)} is known on that day with other content`;
    return { kind: 'refused', refusal: refused('CONFLICT', message) };
  }
  const late = isRequest ? undefined : (referenceRefusal(event, policy) ?? impossibleNow(event, state, policy, now));
  return late ? { kind: 'refused', refusal: late } : { kind: 'taken', fingerprint };
};

const currencyRefusal = (event: AloEvent, { policy }: ActivePolicy): Refusal | undefined => {
  switch (event.name) {
    case 'usage.charged':
    case 'usage.adjusted':
    case 'invoice.issued':
    case 'invoice.adjusted':
    case 'payment.received':
    case 'payment.reversed':
      if (event.data.currency === policy.currency) return undefined;
      return refused('CURRENCY', `data.currency must be ${policy.currency}, the policy's: ${event.data.currency}`);
    default:
      return undefined;
  }
};

/** CLOCK and LATE, also for events that belong to no subscriber. */
export const timeRefusal = (event: AloEvent, policy: ActivePolicy, now: Instant, ahead: boolean): Refusal | undefined =>
  clockRefusal(event, policy, now, ahead) ?? lateRefusal(event, policy, now);

const clockRefusal = (
  event: AloEvent,
  { futureToleranceMs, policy }: ActivePolicy,
  now: Instant,
  ahead: boolean,
): Refusal | undefined => {
  if (ahead) return refused('CLOCK', `the record is too far past ${words(now)} to be believed: ${timeOf(event)}`);
  if (event.occurredAt - now > futureToleranceMs) {
    return refused('CLOCK', `time is more than ${policy.futureTolerance} past ${words(now)}: ${timeOf(event)}`);
  }
  if (event.name === 'usage.adjusted' && parseInstant(event.data.appliesTo) > event.occurredAt) {
    return refused(
      'CLOCK',
      `data.appliesTo must not be after the event's time ${timeOf(event)}: ${printable(event.data.appliesTo)}`,
    );
  }
  return undefined;
};

const lateRefusal = (event: AloEvent, policy: ActivePolicy, now: Instant): Refusal | undefined => {
  if (isMeasured(event)) {
    if (now - event.occurredAt > policy.latenessMs) {
      return refused('LATE', `time is more than ${policy.policy.lateness} before ${words(now)}: ${timeOf(event)}`);
    }
  } else if (isMonthsBack(event.occurredAt, policy, now)) {
    return refused('LATE', `time is more than 24 months before ${words(now)}: ${timeOf(event)}`);
  }
  if (event.name === 'usage.adjusted' && isMonthsBack(parseInstant(event.data.appliesTo), policy, now)) {
    return refused(
      'LATE',
      `data.appliesTo is more than 24 months before ${words(now)}: ${printable(event.data.appliesTo)}`,
    );
  }
  return undefined;
};

const words = (now: Instant) => `now (${formatInstant(now)})`;
const timeOf = ({ occurredAt }: AloEvent) => formatInstant(occurredAt);

const twentySixMonthsMs = 26 * 31 * 86_400_000;

/** Is the civil month of an instant more than 24 back? Far instants are answered without the calendar. */
const isMonthsBack = (instant: Instant, { calendar }: ActivePolicy, now: Instant): boolean =>
  now - instant > twentySixMonthsMs || monthOf(calendar.dayOf(now)) - monthOf(calendar.dayOf(instant)) > 24;

const referenceRefusal = (event: AloEvent, { policy, rankOf }: ActivePolicy): Refusal | undefined => {
  const list = event.name === 'subscriber.listed' || event.name === 'subscriber.delisted' ? event.data.list : undefined;
  if (list !== undefined && !Object.hasOwn(policy.lists ?? {}, list)) {
    return refused('REFERENCE', `data.list is not a list of the policy: ${printable(list)}`);
  }
  const tier = event.name === 'subscriber.opened' ? event.data.tier : undefined;
  if (tier !== undefined && rankOf(tier) === undefined) {
    return refused('REFERENCE', `data.tier is not a tier of the policy: ${printable(tier)}`);
  }
  return undefined;
};

/** A refusal goes out beside its record, and must not be many times as long. */
const problemsLengthMax = 1500;

/** A policy in the journal is data like any other: checked whole before it is used. */
export const policyRefusal = (given: unknown): Refusal | undefined => {
  const activation = activatePolicy(given);
  if (activation.ok) return undefined;
  const problems = activation.problems.map(({ path, message }) => `${path} ${message}`).join('; ');
  return refused('SCHEMA', `data.policy is wrong: ${printable(problems, problemsLengthMax)}`);
};
