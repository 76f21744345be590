import * as z from 'zod';

/** Milliseconds since 1970-01-01T00:00:00Z; the only form in which alo computes with instants. */
export type Instant = number;

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/i;
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** How many days the month (1 to 12) of that year has. */
export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;

/** Days from 1970-01-01 to a civil date of the Gregorian calendar, month 1 to 12. */
export const daysSinceEpoch = (year: number, month: number, day: number): number => {
  const leapDays = Math.floor((year - 1) / 4) - Math.floor((year - 1) / 100) + Math.floor((year - 1) / 400) - 477;
  const leapDay = month > 2 && isLeap(year) ? 1 : 0;
  return (year - 1970) * 365 + leapDays + (daysBefore[month - 1] as number) + leapDay + day - 1;
};

const two = (text: string, at: number) => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

/**
 * Reads an RFC 3339 instant with its zone, to the millisecond (finer digits are cut off).
 * Not a number where the text is none: no zone, 30 February, a leap second, a year of UTC that has no four digits.
 */
export const parseInstant = (text: string): Instant => {
  if (text !== lastText) {
    lastText = text;
    lastRead = readInstant(text);
  }
  return lastRead;
};

/** The time of an event is asked for when it is checked and when it is taken. */
let lastText: string | undefined;
let lastRead: Instant = Number.NaN;

const readInstant = (text: string): Instant => {
  if (!rfc3339.test(text)) return Number.NaN;
  const [year, month, day] = [two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8)];
  const [hour, minute, second] = [two(text, 11), two(text, 14), two(text, 17)];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN;
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const local = daysSinceEpoch(year, month, day) * dayMs + hour * hourMs + minute * minuteMs + second * secondMs;
  if (text.length === 20) return local;
  return withFractionAndOffset(text, local);
};

const withFractionAndOffset = (text: string, local: number): Instant => {
  const [, , , , , , , fraction, sign, hours, minutes] = rfc3339.exec(text) as RegExpExecArray;
  const ms = fraction ? Number(fraction.padEnd(3, '0').slice(0, 3)) : 0;
  if (!sign) return local + ms;
  const [offsetHours, offsetMinutes] = [Number(hours), Number(minutes)];
  if (offsetHours > 23 || offsetMinutes > 59) return Number.NaN;
  const offset = offsetHours * hourMs + offsetMinutes * minuteMs;
  const instant = local + ms - (sign === '-' ? -offset : offset);
  return instant < firstInstant || instant > lastInstant ? Number.NaN : instant;
};

/** What can be written with a year of four digits, as every instant is that comes out. */
export const firstInstant = daysSinceEpoch(0, 1, 1) * dayMs;
export const lastInstant = daysSinceEpoch(10_000, 1, 1) * dayMs - 1;

/** Writes an instant in UTC with Z, milliseconds only when not 0. */
export const formatInstant = (instant: Instant): string => {
  const text = new Date(instant).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
};

export const instantText = z
  .string()
  .refine((text) => !Number.isNaN(parseInstant(text)), {
    error: 'must be an RFC 3339 instant with a zone, such as 2026-07-31T17:30:00Z',
  })
  .meta({ format: 'date-time' });

export const isCivilDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  two(text, 5) >= 1 &&
  two(text, 5) <= 12 &&
  two(text, 8) >= 1 &&
  two(text, 8) <= daysInMonth(two(text, 0) * 100 + two(text, 2), two(text, 5));

export const civilDateText = z
  .string()
  .refine(isCivilDate, { error: 'must be a civil date, such as 2026-07-31' })
  .meta({ format: 'date' });

/** A day of any year, `MM-DD`; 02-29 is one. */
export const monthDayText = z
  .string()
  .regex(
    /^(?:02-(?:0[1-9]|[12]\d)|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01]))$/,
    'must be a month and a day, such as 02-29',
  );

const durationForm =
  /^P(?=\d|T\d)(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,8})S)?)?$/;

/** Milliseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds; a day has 24 hours. */
export const parseDuration = (text: string): number => {
  const parts = durationForm.exec(text);
  if (!parts) return Number.NaN;
  const [weeks, days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0)) as number[];
  return (weeks! * 7 + days!) * dayMs + hours! * hourMs + minutes! * minuteMs + seconds! * secondMs;
};

export const durationText = z
  .string()
  .regex(durationForm, 'must be an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as P14D or PT2H');
