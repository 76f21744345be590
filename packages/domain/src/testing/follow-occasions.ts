import { createHash } from 'node:crypto';
import { type AloEvent, type Instant, parseDuration, parseInstant, type Trigger } from '@alo/contracts';
import { DateTime } from 'luxon';
import { listsAt } from './follow-life.ts';
import { lifeOccasions } from './life-policy.ts';
import type { Lived } from './lives.ts';

/** The date of the lunar occasion of a life, looked up by hand. */
const kingsOf: Readonly<Record<number, string>> = { 2026: '2026-04-26', 2027: '2027-04-16' };

type Occasion = ReturnType<typeof lifeOccasions>[number] & {
  readonly lead?: string;
  readonly spread?: string;
  readonly audience?: { minTier?: string; kinds?: string[]; provinces?: string[]; lists?: string[] };
};

/** What is known of a subscriber from the events alone. */
type Known = {
  readonly isOpen: boolean;
  readonly profile: Extract<AloEvent, { name: 'subscriber.updated' }>['data'] | undefined;
  readonly events: readonly AloEvent[];
};
const nobody: Known = { isOpen: false, profile: undefined, events: [] };

const knownAfter = (known: Known, event: AloEvent): Known => {
  const { isOpen, profile, events } = known;
  const after = { isOpen: events.length === 0 || isOpen, profile, events: [...events, event] };
  if (event.name === 'subscriber.updated') return { ...after, profile: event.data };
  return event.name === 'subscriber.closed' || event.name === 'subscriber.erased' ? { ...after, isOpen: false } : after;
};

const dateIn = (occasion: Occasion, year: number, profile: Known['profile']): string | undefined => {
  const { id, kind, on, feb29 } = occasion as { id: string; kind: string; on?: string; feb29?: string };
  if (id === 'kings') return kingsOf[year];
  if (kind === 'conference') return on?.startsWith(`${year}`) ? on : undefined;
  const own = { birthday: ['person', profile?.birthday], 'founding-day': ['organisation', profile?.foundingDay] }[kind];
  const day = own ? (profile?.kind === own[0] ? own[1] : undefined) : on;
  if (day !== '02-29' || DateTime.utc(year, 3, 1).minus({ days: 1 }).day === 29) return day && `${year}-${day}`;
  return feb29 === 'mar1' ? `${year}-03-01` : `${year}-02-28`;
};

const dueOf = (occasion: Occasion, date: string, year: number, subject: string, zone: string): Instant => {
  const { id, sendAt, lead = 'P0D', spread = 'PT0S' } = occasion;
  const day = DateTime.fromISO(date, { zone: 'utc' }).minus({ days: parseDuration(lead) / 86_400_000 });
  const local = DateTime.fromISO(`${day.toISODate()}T${sendAt}`, { zone });
  const start = Math.min(...local.getPossibleOffsets().map((time) => time.toMillis()));
  const spanS = parseDuration(spread) / 1000;
  if (spanS === 0) return start;
  const digest = createHash('sha256').update(`${id}/${subject}/${year}`).digest();
  return start + Number(BigInt(`0x${digest.subarray(0, 8).toString('hex')}`) % BigInt(spanS)) * 1000;
};

const ranks = ['base', 'vip', 'gold', 'platinum'];

type Heard = { readonly time: Instant; readonly tier: string };

/** What a subscriber is told of tiers; of opening balances by standing alone. */
const tiersIn = ({ record, folded }: Lived, subject: string): readonly (Heard & { readonly isDue: boolean })[] =>
  folded.outputs.flatMap((output) => {
    if (output.kind === 'refusal' || output.trigger.subject !== subject) return [];
    const { trigger } = output;
    const isOpening =
      record.incoming.event.name === 'subscriber.opened' && trigger.type === 'alo.standing.changed.v1' && trigger.data;
    const isChange = trigger.type === 'alo.tier.upgraded.v1' || trigger.type === 'alo.tier.downgraded.v1';
    if (!isChange && !isOpening) return [];
    const { data } = trigger;
    const tier = isOpening ? isOpening.tier : (data as { to: string }).to;
    return [
      {
        time: parseInstant(trigger.time),
        tier,
        isDue: 'due' in (data as Trigger<'tier.upgraded'>['data']).because.cause,
      },
    ];
  });

const isIn = (occasion: Occasion, known: Known, tier: string, lists: readonly string[]): boolean => {
  const { minTier = 'base', kinds, provinces, lists: wanted } = occasion.audience ?? {};
  const { profile } = known;
  return (
    ranks.indexOf(tier) >= ranks.indexOf(minTier) &&
    (!kinds || (profile !== undefined && kinds.includes(profile.kind))) &&
    (!provinces || (profile?.province !== undefined && provinces.includes(profile.province))) &&
    (!wanted || wanted.some((list) => lists.includes(list)))
  );
};

/** What is due to a subscriber of a life, by events and what is told of tiers alone: `<occasion>/<year> at <instant>`. */
export const occasionsToldBy = (lived: readonly Lived[], subject: string, zone: string): readonly string[] => {
  const found: string[] = [];
  const come = new Set<string>();
  let known = nobody;
  let version = 1;
  let tier = 'base';
  for (const [n, { record, folded, now }] of lived.entries()) {
    const next = lived[n + 1];
    const { event } = record.incoming;
    const isTaken = folded.outcome.kind === 'taken';
    if (folded.outcome.kind === 'activated' && event.name === 'policy.activated') {
      version = Number(event.data.policy.version);
    }
    if (event.subject === subject && isTaken) known = knownAfter(known, event);
    if (event.subject === subject && isTaken && event.name === 'subscriber.opened') {
      for (const { occasion, year } of event.data.gifts ?? []) come.add(`${occasion}/${year}`);
    }
    tier = tiersIn(lived[n] as Lived, subject).at(-1)?.tier ?? tier;
    if (!known.isOpen || !next || (known.profile?.consent?.gifts ?? true) === false) continue;
    const changes = tiersIn(next, subject).filter(({ isDue }) => isDue);
    const due = (lifeOccasions(version) as readonly Occasion[])
      .flatMap((occasion) =>
        [2026, 2027].flatMap((year) => {
          const date = dateIn(occasion, year, known.profile);
          return date === undefined ? [] : [{ occasion, year, at: dueOf(occasion, date, year, subject, zone) }];
        }),
      )
      .filter(({ at }) => at > now && at <= next.now)
      .toSorted((a, b) => a.at - b.at);
    for (const { occasion, year, at } of due) {
      const lists = listsAt(known.events, at);
      const tierThen = changes.filter(({ time }) => time <= at).at(-1)?.tier ?? tier;
      const name = `${occasion.id}/${year}`;
      if (come.has(name) || lists.includes('banned') || !isIn(occasion, known, tierThen, lists)) continue;
      come.add(name);
      found.push(`${name} at ${at}${lists.includes('official') ? ', held or a card' : ''}`);
    }
  }
  return found;
};
