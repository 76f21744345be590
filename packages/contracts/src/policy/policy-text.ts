import * as z from 'zod';
import { dayMs, durationText, hourMs, minuteMs, parseDuration } from '../instant.ts';
import { attribute } from '../text.ts';

const isZone = (zone: string): boolean => {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
};

export const zoneText = z.string().refine(isZone, { error: 'must be an IANA time zone, such as Asia/Ho_Chi_Minh' });

const timeOfDayForm = /^([01]\d|2[0-3]):([0-5]\d)$/;

export const timeOfDayText = z.string().regex(timeOfDayForm, 'must be a time of day, such as 09:00');

/** Milliseconds from local midnight; not a number where the text is no time of day. */
export const parseTimeOfDay = (text: string): number => {
  const parts = timeOfDayForm.exec(text);
  return parts ? Number(parts[1]) * hourMs + Number(parts[2]) * minuteMs : Number.NaN;
};

export const wholeDaysText = durationText.refine((value) => parseDuration(value) % dayMs === 0, {
  error: 'must be whole days, such as P14D',
});

/** Milliseconds from a date to so many days before (`-P3D`) or after (`P1D`) it. */
export const parseSignedDuration = (text: string): number =>
  text.startsWith('-') ? -parseDuration(text.slice(1)) : parseDuration(text);

export const signedDaysText = z
  .string()
  .refine((value) => parseSignedDuration(value) % dayMs === 0, {
    error: 'must be whole days before or after, such as -P3D or P1D',
  })
  .meta({ pattern: '^-?P\\d' });

export const lunarDayText = z
  .string()
  .regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30)$/, 'must be a lunar month and day, such as 01-01');

export const policyId = attribute;

const versionWords = 'must be a whole number, at least 1';
export const policyVersion = z.int(versionWords).min(1, versionWords);

export const wholeNumber = (from: number, to: number) => {
  const words = `must be a whole number from ${from} to ${to}`;
  return z.int(words).min(from, words).max(to, words);
};
