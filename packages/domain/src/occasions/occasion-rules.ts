import { formatInstant, type Instant, type Trigger } from '@alo/contracts';
import type { ActivePolicy } from '../active-policy.ts';
import type { CivilDay } from '../calendar/calendar.ts';
import { formatDay, monthOf, yearOf } from '../calendar/civil-date.ts';
import { type Moment, makeTrigger, type Rule } from '../moment.ts';
import { describeWindow, windowValue } from '../spend/windows.ts';
import type { State } from '../state.ts';
import { consentsToGifts, handlingAt } from './audience.ts';
import { type DueOccasion, occasionsAt } from './due-occasions.ts';
import {
  countedIn,
  type Entries,
  type Gift,
  type GiftEntry,
  type GiftName,
  giftDueName,
  giftNamed,
  isGift,
  type OccasionEntry,
  withChanged,
  withEntry,
  withNoneDue,
} from './occasion-log.ts';
import type { OccasionRule } from './occasions.ts';

/** Occasions, SPEC section 5: a gift, or a card where no band is reached or nothing of the cap is left. */
export const occasionRule: Rule = (moment) => {
  const { cause, state, policy, at, subscriber, today } = moment;
  if (cause.kind !== 'due' || cause.due !== 'occasion') return undefined;
  const isHeld = handlingAt(state, policy, at) === 'hold';
  let entries = state.occasions;
  const triggers: Trigger[] = [];
  for (const due of occasionsAt(state, policy, at, subscriber)) {
    const worth = worthOf(moment, due.rule, entries);
    const entry = entryOf(moment, due, worth, isHeld);
    entries = withEntry(entries, entry, today);
    if (!isGift(entry)) triggers.push(greetingDue(moment, due));
    else if (!isHeld) triggers.push(giftTrigger(moment, giftDueName(due.rule.kind), entry, worth));
  }
  return { state: { ...state, occasions: entries }, triggers };
};

/** Gifts that wait for their release are told behind what everybody may read. */
export const heldRule: Rule = (moment) => {
  const { cause, before, state } = moment;
  if (cause.kind !== 'due' || cause.due !== 'occasion') return undefined;
  const held = state.occasions
    .filter(isGift)
    .filter((entry) => entry.gift.phase === 'held' && !before.occasions.includes(entry));
  return { triggers: held.map((entry) => giftTrigger(moment, 'gift.held', entry, entry.gift)) };
};

/** A release says what was held, as it was held; nothing where there is no consent any more. */
export const releaseRule: Rule = (moment) => {
  const { cause, state, policy, subscriber } = moment;
  if (cause.kind !== 'event' || cause.event.name !== 'trigger.acknowledged') return undefined;
  const { triggerId, outcome } = cause.event.data;
  const entry = outcome === 'released' ? giftNamed(state.occasions, subscriber, triggerId) : undefined;
  if (entry?.gift.phase !== 'held' || !consentsToGifts(state, policy)) return undefined;
  const { window, threshold, ...gift } = entry.gift;
  const released: GiftEntry = { ...entry, gift: { ...gift, phase: 'due' } };
  return {
    state: { ...state, occasions: withChanged(state.occasions, entry, released) },
    triggers: [giftTrigger(moment, giftDueName(gift.kind), released, { window, threshold })],
  };
};

/** Closed, or consent withdrawn, before the occasion's day has ended: what is due and not acknowledged is cancelled. */
export const cancelRule: Rule = (moment) => {
  const { cause, before, state, policy, at } = moment;
  if (cause.kind !== 'event') return undefined;
  const { name } = cause.event;
  const isWithdrawn = name === 'subscriber.updated' && !consentsToGifts(state, policy);
  if (name !== 'subscriber.closed' && !isWithdrawn) return undefined;
  const due = before.occasions
    .filter(isGift)
    .filter(({ gift }) => gift.phase === 'due' && at < endOf(gift.occursOn, policy));
  if (due.length === 0) return undefined;
  return {
    state: { ...state, occasions: withNoneDue(state.occasions) },
    triggers: due.map((entry) => giftTrigger(moment, 'gift.cancelled', entry)),
  };
};

/** Why a gift is worth what it is. */
type Figures = { readonly [Key in 'window' | 'threshold']?: Gift[Key] | undefined };
type Worth = Required<Pick<Gift, 'value' | 'window' | 'threshold'>>;

/** The band that is reached, cut to what is left of the cap of this civil year; undefined where a card is due. */
const worthOf = ({ state, policy, today }: Moment, { gift }: OccasionRule, entries: Entries): Worth | undefined => {
  if (!gift) return undefined;
  const spent = windowValue(state, gift.window, today);
  const band = gift.bands.findLast(({ from }) => from <= spent);
  const cap = policy.policy.gifts?.yearlyCap ?? Number.POSITIVE_INFINITY;
  const value = Math.min(band?.value ?? 0, cap - countedIn(entries, yearOf(monthOf(today))));
  if (!band || value <= 0) return undefined;
  return { value, window: describeWindow(gift.window, today, spent), threshold: band.from };
};

const entryOf = (
  { state, policy, today }: Moment,
  { rule, year, day }: DueOccasion,
  worth: Worth | undefined,
  isHeld: boolean,
): OccasionEntry => {
  if (!worth) return { occasion: rule.id, year };
  const { value, window, threshold } = worth;
  const gift = { kind: rule.kind, occursOn: day, value, issuer: issuerOf(state, policy) };
  return {
    occasion: rule.id,
    year,
    counted: { year: yearOf(monthOf(today)), value },
    gift: isHeld ? { ...gift, phase: 'held', window, threshold } : { ...gift, phase: 'due' },
  };
};

/** The dealer of the subscriber's province, but where the operator itself hands gifts over. */
const issuerOf = ({ profile }: State, { policy }: ActivePolicy): Gift['issuer'] => {
  const { dealer, province } = profile ?? {};
  if (dealer === undefined || province === undefined) return 'operator';
  return policy.gifts?.operatorProvinces?.includes(province) ? 'operator' : { dealer, province };
};

/** The midnight with which an occasion's day ends: who comes later comes too late. */
const endOf = (occursOn: CivilDay, { calendar }: ActivePolicy): Instant => calendar.instantOf(occursOn + 1, 0);

const greetingDue = (moment: Moment, { rule: { id }, year, day }: DueOccasion): Trigger => {
  const data = { occasion: id, occursOn: formatDay(day) };
  const trigger = makeTrigger(moment, 'greeting.due', { rule: 'occasions' }, [id, year], data);
  return { ...trigger, expirytime: formatInstant(endOf(day, moment.policy)) };
};

const giftTrigger = (
  moment: Moment,
  name: GiftName,
  { occasion, year, gift: { occursOn, value, issuer } }: GiftEntry,
  { window, threshold }: Figures = {},
): Trigger => {
  const { policy } = moment;
  const reason = { rule: 'occasions', ...(window && { window }), ...(threshold !== undefined && { threshold }) };
  const data = { occasion, occursOn: formatDay(occursOn), value, currency: policy.policy.currency, issuer };
  const trigger = makeTrigger(moment, name, reason, [occasion, year], data);
  return name === 'gift.cancelled' ? trigger : { ...trigger, expirytime: formatInstant(endOf(occursOn, policy)) };
};
