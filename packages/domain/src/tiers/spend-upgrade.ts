import type { Window } from '@alo/contracts';
import type { Rung } from '../active-policy.ts';
import type { CivilDay } from '../calendar/calendar.ts';
import type { Moment } from '../moment.ts';
import { windowValue } from '../spend/windows.ts';

/** A tier that spend has reached: its rank, and the window's value on the day that decided. */
export type Reached = { readonly rank: number; readonly anchor: CivilDay; readonly value: number };

/** The highest rank whose threshold a value reaches. */
export const rankReached = (ladder: readonly Rung[], value: number): number => {
  let rank = ladder.length - 1;
  while (rank > 0 && value < (ladder[rank] as Rung).upgradeAt) rank -= 1;
  return rank;
};

/**
 * The highest tier above the computed one that a change of spend reaches: by the window of today, where it counts
 * as it stands, and by that of the changed day, where only what this change raised over the line counts.
 */
export const reachedBySpend = (moment: Moment, computed: number): Reached | undefined => {
  const { change, policy, state, today } = moment;
  if (!change || computed === policy.ladder.length - 1) return undefined;
  const value = windowValue(state, policy.tierWindow, today);
  const now: Reached = { rank: rankReached(policy.ladder, value), anchor: today, value };
  const then = reachedOnChangedDay(moment, policy.tierWindow);
  const best = then && then.rank > now.rank ? then : now;
  return best.rank > computed ? best : undefined;
};

const reachedOnChangedDay = (moment: Moment, window: Window): Reached | undefined => {
  const { change, policy, at, today, before, state } = moment;
  if (!change || change.day === today || at - change.instant > policy.latenessMs) return undefined;
  const value = windowValue(state, window, change.day);
  const rank = rankReached(policy.ladder, value);
  const rankBefore = rankReached(policy.ladder, windowValue(before, window, change.day));
  return rank > rankBefore ? { rank, anchor: change.day, value } : undefined;
};
