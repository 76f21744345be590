import { dayMs, hourMs, type Instant } from '@alo/contracts';
import { zoneOffset } from './zone-offset.ts';

/** Days since 1970-01-01 on the civil calendar of a zone. */
export type CivilDay = number;
/** Months since January of the year 0 on the civil calendar: year × 12 + month (0 to 11). */
export type CivilMonth = number;

/** The civil calendar of one IANA zone, with days of 23 and 25 hours, half-hour zones and days that never were. */
export type Calendar = {
  readonly zone: string;
  /** The civil day on which an instant falls. */
  readonly dayOf: (instant: Instant) => CivilDay;
  /**
   * The instant of a local time on a civil day, in milliseconds after midnight. A time that a clock change
   * skips is moved forward by the gap, one that it repeats is the first.
   */
  readonly instantOf: (day: CivilDay, timeOfDayMs: number) => Instant;
};

const calendars = new Map<string, Calendar>();

export const calendarOf = (zone: string): Calendar => {
  const known = calendars.get(zone);
  if (known) return known;
  const calendar = makeCalendar(zone);
  calendars.set(zone, calendar);
  return calendar;
};

const makeCalendar = (zone: string): Calendar => {
  const offsetAt = zoneOffset(zone);
  const dayOf = (instant: Instant) => Math.floor((instant + offsetAt(instant)) / dayMs);
  const instantOf = (day: CivilDay, timeOfDayMs: number) => {
    const local = day * dayMs + timeOfDayMs;
    const before = offsetAt(local - 26 * hourMs);
    const after = offsetAt(local + 26 * hourMs);
    const first = Math.min(local - before, local - after);
    const second = Math.max(local - before, local - after);
    if (first + offsetAt(first) === local) return first;
    if (second + offsetAt(second) === local) return second;
    return local - before;
  };
  return { zone, dayOf, instantOf };
};
