import { dayMs } from '@alo/contracts';
import { CalendarVietnamese } from 'date-chinese';
import type { CivilDay } from '../calendar/calendar.ts';

const calendar = new CalendarVietnamese();

/**
 * The civil day of a day of the Vietnamese calendar, as it is reckoned in Việt Nam, UTC+7; 1968 to 2100 are tested.
 * A leap month has no days of its own here, and a 30th that a month lacks is its last day.
 */
export const lunarDay = (year: number, month: number, day: number): CivilDay => {
  const first = firstOf(year, month);
  const length = dayOf(calendar.nextNewMoon(first + 1)) - dayOf(first);
  return dayOf(first) + Math.min(day, length) - 1;
};

/** The midnight with which a month begins, as a Julian ephemeris day. */
const firstOf = (year: number, month: number): number => {
  const first = calendar.set(0, 0, month, 0, 1).toJDE(year);
  return isAfterLostLeap(year, month) ? calendar.previousNewMoon(first - 1) : first;
};

/** date-chinese puts the leap month of 2033 behind the 8th month instead of the 11th, and so three months too late. */
const isAfterLostLeap = (year: number, month: number) => year === 2033 && month >= 9 && month <= 11;

const unixEpoch = 2_440_587.5;

/** An ephemeris day is ahead of the civil day's midnight in Việt Nam by minutes at most, in any of these years. */
const dayOf = (jde: number): CivilDay => Math.round(jde - unixEpoch + (7 * 3_600_000) / dayMs);
