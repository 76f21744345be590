import { formatInstant, type Instant, percentEncode } from '@alo/contracts';
import { formatMonth, isListed, type State, windowValue } from '@alo/domain';
import type { Cut } from './cut.ts';
import type { RankedList } from './ranked-list.ts';

export type Approval = { readonly requestedBy: string; readonly approvedBy: string };

/** A ranking that was taken: the cuts, how many they were taken of, and the store's now. */
export type Ranking = RankedList & {
  readonly population: number;
  readonly enter: Cut;
  readonly leave: Cut;
  readonly now: Instant;
};

/** What a subscriber counts for in a ranking: 0 for who is closed or erased. */
export const rankedValue = (state: State, { window, anchor }: RankedList): number =>
  state.phase === 'open' ? windowValue(state, window, anchor) : 0;

export type ListingLine = { readonly kind: 'listed' | 'delisted'; readonly text: string };

/** The event for a subscriber who comes onto the list, or falls out of it; undefined for whom nothing changes. */
export const listingLine = (
  subscriber: string,
  state: State,
  ranking: Ranking,
  approval: Approval,
): ListingLine | undefined => {
  if (state.phase !== 'open') return undefined;
  const value = rankedValue(state, ranking);
  const isOn = isListed(state, ranking.list, ranking.now);
  if (!isOn && value >= ranking.enter.value) return line('listed', subscriber, ranking, approval, value);
  if (isOn && value < ranking.leave.value) return line('delisted', subscriber, ranking, approval, value);
  return undefined;
};

/** Its id is a function of list, month and subscriber, so that it counts once however often it is written. */
const line = (
  kind: ListingLine['kind'],
  subscriber: string,
  ranking: Ranking,
  { requestedBy, approvedBy }: Approval,
  value: number,
): ListingLine => {
  const { list, month, at } = ranking;
  const time = formatInstant(at);
  const event = {
    specversion: '1.0',
    id: ['rank', list, formatMonth(month), subscriber].map(percentEncode).join('/'),
    source: '/alo/rank',
    type: `alo.subscriber.${kind}.v1`,
    subject: subscriber,
    time,
    datacontenttype: 'application/json',
    data: {
      list,
      ...(kind === 'listed' && { validFrom: time }),
      requestedBy,
      approvedBy,
      reason: reasonOf(kind, ranking, value),
    },
  };
  return { kind, text: JSON.stringify(event) };
};

const reasonOf = (
  kind: ListingLine['kind'],
  { window, month, population, enter, leave }: Ranking,
  value: number,
): string => {
  const { rank, value: cut } = kind === 'listed' ? enter : leave;
  const found = kind === 'listed' ? 'reaches' : 'is below';
  return `${window.name} as of ${formatMonth(month)}: ${value} ${found} the cut ${cut} at rank ${rank} of ${population}`;
};
