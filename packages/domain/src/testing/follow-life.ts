import { type AloEvent, type Instant, parseInstant, type Trigger } from '@alo/contracts';
import type { Lived } from './lives.ts';

/** What somebody knows of a subscriber who listens to the triggers. */
export type ToldOf = { readonly tier: string; readonly promotionsMuted: boolean };

/** Until the first word a subscriber counts as base, and not muted. */
export const nothingTold: ToldOf = { tier: 'base', promotionsMuted: false };

/** What is known after one more trigger. Of opening balances nothing comes out but standing, so that is believed. */
export const followed = (told: ToldOf, trigger: Trigger): ToldOf => {
  switch (trigger.type) {
    case 'alo.tier.upgraded.v1':
    case 'alo.tier.downgraded.v1':
      return { ...told, tier: trigger.data.to };
    case 'alo.promotions.muted.v1':
      return { ...told, promotionsMuted: true };
    case 'alo.promotions.unmuted.v1':
      return { ...told, promotionsMuted: false };
    case 'alo.standing.changed.v1':
      return isOfOpening(trigger) ? { tier: trigger.data.tier, promotionsMuted: trigger.data.promotionsMuted } : told;
    default:
      return told;
  }
};

type OfStanding = Extract<Trigger, { type: 'alo.standing.changed.v1' }>;
type Opening = OfStanding & { readonly data: NonNullable<OfStanding['data']> };

const isOfOpening = (trigger: OfStanding): trigger is Opening =>
  trigger.data !== null &&
  'type' in trigger.data.because.cause &&
  trigger.data.because.cause.type === 'alo.subscriber.opened.v1';

/** The ranks of the floors that a life's policy gives its lists. */
const floors: Readonly<Record<string, number>> = { official: 1, board: 2 };

/** The lists that a subscriber is on at an instant, by what was taken of events. */
export const listsAt = (events: readonly AloEvent[], at: Instant): readonly string[] => {
  let spans: readonly { readonly list: string; readonly from: Instant; readonly to: Instant }[] = [];
  for (const event of events) {
    if (event.name === 'subscriber.delisted') spans = spans.filter(({ list }) => list !== event.data.list);
    if (event.name !== 'subscriber.listed') continue;
    const { list, validFrom, validTo } = event.data;
    const to = validTo === undefined ? Number.POSITIVE_INFINITY : parseInstant(validTo);
    spans = [...spans, { list, from: parseInstant(validFrom), to }];
  }
  return spans.filter(({ from, to }) => from <= at && at < to).map(({ list }) => list);
};

/** The highest floor at an instant by what was taken of a subscriber's listings, counted anew from the first event. */
export const floorTold = (soFar: readonly Lived[], subject: string, at: Instant): number => {
  const taken = soFar
    .filter(({ folded }) => folded.outcome.kind === 'taken')
    .map(({ record }) => record.incoming.event);
  const lists = listsAt(
    taken.filter((event) => event.subject === subject),
    at,
  );
  return Math.max(0, ...lists.map((list) => floors[list] ?? 0));
};
