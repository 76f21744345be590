import { type Because, type EventData, type OutputData, outputId } from '@alo/contracts';
import type { CivilDay } from '../calendar/calendar.ts';
import { monthOf, yearOf } from '../calendar/civil-date.ts';
import type { OccasionRule } from './occasions.ts';

/** What came of an occasion in one year. There is one of each at most: nothing comes twice. */
export type OccasionEntry = {
  readonly occasion: string;
  /** That of the occasion's date. */
  readonly year: number;
  /** What counts against the cap of a civil year, in minor units; undefined for a card, and what was given back. */
  readonly counted?: { readonly year: number; readonly value: number };
  /** Undefined for a card, for what was given before alo came, and for what nobody wants. */
  readonly gift?: Gift;
};

export type Gift = {
  readonly kind: OccasionRule['kind'];
  /** Held until it is released; due until it is acknowledged or cancelled. */
  readonly phase: 'held' | 'due' | 'settled';
  readonly occursOn: CivilDay;
  readonly value: number;
  readonly issuer: OutputData<'gift.held'>['issuer'];
  /** Why it is worth that, as long as it is held. */
  readonly window?: Because['window'];
  readonly threshold?: number;
};

/** An entry with a gift. */
export type GiftEntry = OccasionEntry & { readonly gift: Gift };

export type Entries = readonly OccasionEntry[];

export const isGift = (entry: OccasionEntry): entry is GiftEntry => entry.gift !== undefined;

type GiftDueName = `${OccasionRule['kind']}-gift.due`;
export type GiftName = GiftDueName | 'gift.held' | 'gift.cancelled';

export const giftDueName = (kind: OccasionRule['kind']): GiftDueName => `${kind}-gift.due`;

export const hasCome = (entries: Entries, occasion: string, year: number): boolean =>
  entries.some((entry) => entry.year === year && entry.occasion === occasion);

/** What counts against the cap of a civil year, in minor units. */
export const countedIn = (entries: Entries, year: number): number =>
  entries.reduce((sum, { counted }) => (counted?.year === year ? sum + counted.value : sum), 0);

/**
 * The entries with another one, less those of which nothing depends any more: no occasion of such a year is still to
 * come (a lunar year ends in the next), and no cap counts them. What is held waits for its release for good.
 */
export const withEntry = (entries: Entries, added: OccasionEntry, today: CivilDay): Entries => {
  const year = yearOf(monthOf(today));
  const matters = (entry: OccasionEntry) => entry.year >= year - 1 || entry.gift?.phase === 'held';
  return [...entries.filter(matters), added];
};

/** What was given before alo came: it counts against the cap of its year, and does not come again. */
export const givenBefore = (gifts: EventData<'subscriber.opened'>['gifts'] = []): Entries =>
  gifts.map(({ occasion, year, value }) => ({ occasion, year, counted: { year, value } }));

/** The entries with one of them changed. */
export const withChanged = (entries: Entries, entry: OccasionEntry, changed: OccasionEntry): Entries =>
  entries.map((one) => (one === entry ? changed : one));

/** What does not come after all gives the cap back. */
const unwanted = ({ occasion, year }: OccasionEntry): OccasionEntry => ({ occasion, year });

const settled = (entry: GiftEntry): OccasionEntry => ({ ...entry, gift: { ...entry.gift, phase: 'settled' } });

/** The gift that a trigger's id names in a subscriber's entries, as it was said: held or due. */
export const giftNamed = (entries: Entries, subscriber: string, triggerId: string): GiftEntry | undefined =>
  entries.find((entry): entry is GiftEntry => {
    if (!isGift(entry)) return false;
    const name = entry.gift.phase === 'held' ? 'gift.held' : giftDueName(entry.gift.kind);
    return triggerId === outputId(name, subscriber, entry.occasion, entry.year);
  });

/**
 * The entries after an acknowledgement. What was acknowledged is not cancelled any more; a release is the rule's to
 * say. An id that names no gift has no effect.
 */
export const withAcknowledged = (
  entries: Entries,
  subscriber: string,
  { triggerId, outcome }: EventData<'trigger.acknowledged'>,
): Entries => {
  const entry = giftNamed(entries, subscriber, triggerId);
  if (!entry) return entries;
  if (outcome === 'failed' || outcome === 'declined') return withChanged(entries, entry, unwanted(entry));
  return entry.gift.phase === 'due' ? withChanged(entries, entry, settled(entry)) : entries;
};

/** The entries of which none is due any more, but has come or is held. */
export const withNoneDue = (entries: Entries): Entries =>
  entries.map((entry) => (isGift(entry) && entry.gift.phase === 'due' ? settled(entry) : entry));
