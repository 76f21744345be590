import { dayMs, daysSinceEpoch, hourMs, type Instant, secondMs } from '@alo/contracts';

const { floor } = Math;

/** Asia/Ho_Chi_Minh has had no other offset since 1975; fixed, so that no machine's zone can matter. */
const offsetMs = 7 * hourMs;
const offsetSeconds = offsetMs / secondMs;
const daySeconds = dayMs / secondMs;

/** The civil day in Asia/Ho_Chi_Minh that an instant lies in, as days since 1970-01-01. */
export const dayOf = (instant: Instant): number => floor((instant + offsetMs) / dayMs);

/** The instant at a second of a civil day. */
export const instantAt = (day: number, second: number): Instant => day * dayMs + second * secondMs - offsetMs;

/** A civil date as text, such as 2026-07-31. */
export const civilDate = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** Writes the seconds of one civil day as formatInstant would, but reckons the date only once. */
export const secondTexts = (day: number): ((second: number) => string) => {
  const [eve, itself] = [civilDate(day - 1), civilDate(day)];
  return (second) => {
    const isEve = second < offsetSeconds;
    const utc = second - offsetSeconds + (isEve ? daySeconds : 0);
    const hour = twoDigits[floor(utc / 3600)];
    return `${isEve ? eve : itself}T${hour}:${twoDigits[floor(utc / 60) % 60]}:${twoDigits[utc % 60]}Z`;
  };
};

/** The civil month of a day, as months since the year 0; Howard Hinnant's civil_from_days, without a Date. */
export const monthOf = (day: number): number => {
  const fromMarch0 = day + 719_468;
  const era = floor(fromMarch0 / 146_097);
  const dayOfEra = fromMarch0 - era * 146_097;
  const leapDays = floor(dayOfEra / 1460) - floor(dayOfEra / 36_524) + floor(dayOfEra / 146_096);
  const yearOfEra = floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + floor(yearOfEra / 4) - floor(yearOfEra / 100));
  return (era * 400 + yearOfEra) * 12 + floor((5 * dayOfYear + 2) / 153) + 2;
};

/** The first day of a civil month. */
export const firstDayOf = (month: number): number => daysSinceEpoch(floor(month / 12), (month % 12) + 1, 1);

/** A month as text, such as 2026-07. */
export const monthText = (month: number): string => civilDate(firstDayOf(month)).slice(0, 7);

/** The day of the week, Monday as 0: 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => (day + 3) % 7;
