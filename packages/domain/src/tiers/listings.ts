import { type EventData, type Instant, type Policy, parseInstant } from '@alo/contracts';
import type { ActivePolicy } from '../active-policy.ts';
import type { Listing, State } from '../state.ts';

const ended = ({ to }: Listing, at: Instant) => to !== undefined && to <= at;

/** The listings after one is added; what has ended by now is left out. */
export const withListing = (
  listings: readonly Listing[],
  data: EventData<'subscriber.listed'>,
  now: Instant,
): readonly Listing[] => {
  const to = data.validTo === undefined ? undefined : parseInstant(data.validTo);
  const added: Listing = { list: data.list, from: parseInstant(data.validFrom), to };
  return [...listings, added].filter((listing) => !ended(listing, now));
};

/** Delisting ends all of that list, what has not begun too. */
export const withoutList = (listings: readonly Listing[], list: string): readonly Listing[] =>
  listings.filter((listing) => listing.list !== list);

/** Is the subscriber on this list at that instant? */
export const isListed = ({ listings }: State, list: string, at: Instant): boolean =>
  listings.some((listing) => listing.list === list && listing.from <= at && !ended(listing, at));

/** What a policy says of a list; undefined for one that it does not know, whatever its name. */
const listRuleOf = ({ lists }: Policy, list: string) => (lists && Object.hasOwn(lists, list) ? lists[list] : undefined);

/** The highest floor, as a rank, of the lists that are valid at an instant. */
export const floorAt = ({ listings }: State, { policy, rankOf }: ActivePolicy, at: Instant): number => {
  let floor = 0;
  for (const listing of listings) {
    if (listing.from > at || ended(listing, at)) continue;
    const tier = listRuleOf(policy, listing.list)?.floor;
    if (tier !== undefined) floor = Math.max(floor, rankOf(tier) as number);
  }
  return floor;
};

/**
 * The rank that the effective tier has at an instant: what the next cause will say it is, where an activation has moved
 * a floor since it was last said.
 */
export const effectiveRank = (state: State, policy: ActivePolicy, at: Instant): number =>
  Math.max(state.tier?.computed ?? 0, floorAt(state, policy, at));

/** The next instant after this one at which a listing begins or ends. */
export const nextListingBoundary = ({ listings }: State, after: Instant): Instant | undefined => {
  let next: Instant | undefined;
  for (const { from, to } of listings) {
    for (const boundary of [from, to]) {
      if (boundary !== undefined && boundary > after && (next === undefined || boundary < next)) next = boundary;
    }
  }
  return next;
};

export const listingBoundaryAt = ({ listings }: State, at: Instant): boolean =>
  listings.some(({ from, to }) => from === at || to === at);
