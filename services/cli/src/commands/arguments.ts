import { type Instant, parseDuration, parseInstant } from '@alo/contracts';
import { type CivilMonth, parseMonth } from '@alo/domain';
import { InvalidArgumentError } from 'commander';

/** Reads an option's instant; commander tells the user what is wrong with it. */
export const instantArgument = (text: string): Instant => {
  const value = parseInstant(text);
  if (!Number.isNaN(value)) return value;
  throw new InvalidArgumentError('It must be an instant with a zone, such as 2026-08-01T00:00:00+07:00.');
};

/** Reads an option's duration, in milliseconds. */
export const durationArgument = (text: string): number => {
  const value = parseDuration(text);
  if (!Number.isNaN(value)) return value;
  throw new InvalidArgumentError('It must be an ISO 8601 duration, such as P31D.');
};

export const numberArgument = (text: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number.');
};

/** Reads an option's civil month, such as 2026-07. */
export const monthArgument = (text: string): CivilMonth => {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return parseMonth(text);
  throw new InvalidArgumentError('It must be a month, such as 2026-07.');
};

/** Reads an option's count: a whole number from 1 on. */
export const countArgument = (text: string): number => {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 99999.');
};
