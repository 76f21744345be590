import { containsToday, formatInstant, type Instant, parseWindow, type Window } from '@alo/contracts';
import {
  type ActivePolicy,
  type CivilDay,
  type CivilMonth,
  daysCovered,
  firstDayOf,
  formatMonth,
  monthOf,
} from '@alo/domain';
import { WrongUse } from '@alo/runtime';

/** What a list is ranked by, as of the end of a month. */
export type RankedList = {
  readonly list: string;
  readonly month: CivilMonth;
  readonly topPpm: number;
  readonly leavePpm: number;
  readonly window: Window;
  /** The civil day on which the window is anchored. */
  readonly anchor: CivilDay;
  /** When the month is over: from here on the listings hold, and then they are said to have been made. */
  readonly at: Instant;
};

type Asked = { readonly list: string; readonly month: CivilMonth };

/** Finds what is to be ranked. Throws WrongUse where the list cannot be, or not as of that month. */
export const rankedListOf = (active: ActivePolicy, { list, month }: Asked, now: Instant): RankedList => {
  const { policy, calendar } = active;
  const { ranked } = listOf(active, list);
  if (!ranked) throw new WrongUse(`list ${list} of policy ${policy.id} is not ranked: it has no "ranked"`);
  const window = parseWindow(ranked.window) as Window;
  const end = firstDayOf(month + 1);
  const at = calendar.instantOf(end, 0);
  if (now < at) {
    throw new WrongUse(`${formatMonth(month)} is not complete yet: the store stands at ${formatInstant(now)}`);
  }
  const anchor = containsToday(window) ? end - 1 : end;
  refuseLongAgo(window, anchor, month, calendar.dayOf(now));
  return { list, month, topPpm: ranked.topPpm, leavePpm: ranked.leavePpm, window, anchor, at };
};

const listOf = ({ policy }: ActivePolicy, list: string) => {
  const lists = policy.lists ?? {};
  if (Object.hasOwn(lists, list)) return lists[list] as NonNullable<(typeof lists)[string]>;
  const names = Object.keys(lists);
  const known = names.length === 0 ? 'it has no lists' : `its lists are ${names.join(', ')}`;
  throw new WrongUse(`policy ${policy.id} has no list ${list}; ${known}`);
};

/** So many civil days, and months, are surely kept; and an event may be so many months late. */
const keptDays = 100;
const keptMonths = 26;
const lateMonths = 24;

const refuseLongAgo = (window: Window, anchor: CivilDay, month: CivilMonth, today: CivilDay): void => {
  const { from } = daysCovered(window, anchor);
  const isKept = window.kind === 'last-days' ? from > today - keptDays : monthOf(from) > monthOf(today) - keptMonths;
  if (isKept && monthOf(today) - (month + 1) <= lateMonths) return;
  throw new WrongUse(
    `${formatMonth(month)} is too long ago: the store no longer holds all of ${window.name} as of then`,
  );
};
