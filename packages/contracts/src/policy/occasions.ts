import { dayMs, parseDuration } from '../instant.ts';
import type { Draft } from './draft.ts';
import { atMost } from './ordered.ts';
import { parseTimeOfDay } from './policy-text.ts';
import { type Problem, problem } from './problem.ts';

type OccasionDraft = NonNullable<NonNullable<Draft['occasions']>[number]>;

/** An occasion has one day, a spread that ends with it, and bands that rise. */
export const occasionProblems = ({ occasions = [] }: Draft): Problem[] =>
  occasions.flatMap((occasion, at) =>
    occasion ? [...dayProblems(occasion, at), ...spreadProblems(occasion, at), ...bandProblems(occasion, at)] : [],
  );

const dayProblems = ({ kind, feb29, on, lunar }: OccasionDraft, at: number): Problem[] => {
  if (kind === 'birthday' && feb29 === undefined) {
    const message = 'must be "feb28" or "mar1": when those born on 29 February are greeted';
    return [problem(`occasions[${at}].feb29`, message, undefined)];
  }
  if (kind === 'holiday' && (on === undefined) === (lunar === undefined)) {
    return [
      problem(`occasions[${at}]`, `must have either on or lunar; it has ${on === undefined ? 'neither' : 'both'}`),
    ];
  }
  return [];
};

const spreadProblems = ({ sendAt, spread }: OccasionDraft, at: number): Problem[] =>
  typeof sendAt === 'string' && typeof spread === 'string' && parseTimeOfDay(sendAt) + parseDuration(spread) > dayMs
    ? [problem(`occasions[${at}].spread`, `must end within the day of sendAt ${sendAt}`, spread)]
    : [];

const bandProblems = ({ gift }: OccasionDraft, at: number): Problem[] =>
  (gift?.bands ?? []).flatMap((band, i, bands) => {
    const lower = bands[i - 1]?.from;
    const path = `occasions[${at}].gift.bands[${i}].from`;
    if (!atMost(band?.from, lower)) return [];
    return [problem(path, `must be more than that of the band below (${lower})`, band?.from)];
  });
