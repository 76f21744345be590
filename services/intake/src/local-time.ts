import { daysInMonth, hourMs, minuteMs, secondMs } from '@alo/contracts';

export type TimePart = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction';

/** How local times are written: the form of the text, and what each group of it is. */
export type TimePattern = { readonly form: RegExp; readonly parts: readonly TimePart[] };

/** A civil date with a time of day, as somebody's clock showed it. */
export type LocalTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly timeOfDayMs: number;
};

const letters: Readonly<Record<string, readonly [part: TimePart, digits: string]>> = {
  yyyy: ['year', '\\d{4}'],
  MM: ['month', '\\d{2}'],
  M: ['month', '\\d{1,2}'],
  dd: ['day', '\\d{2}'],
  d: ['day', '\\d{1,2}'],
  HH: ['hour', '\\d{2}'],
  H: ['hour', '\\d{1,2}'],
  mm: ['minute', '\\d{2}'],
  m: ['minute', '\\d{1,2}'],
  ss: ['second', '\\d{2}'],
  s: ['second', '\\d{1,2}'],
  SSS: ['fraction', '\\d{3}'],
  SSSSSS: ['fraction', '\\d{6}'],
};

const tokenForm = /'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const addToken = (pattern: { form: string; parts: TimePart[] }, token: string, quoted: string | undefined) => {
  const known = letters[token];
  if (known) pattern.parts.push(known[0]);
  return { form: pattern.form + (known ? `(${known[1]})` : escaped(quoted ?? token)), parts: pattern.parts };
};

/** What of a pattern cannot be: a letter that means nothing, or a part that is there twice. */
export const patternFault = (text: string): string | undefined => {
  const tokens = [...text.matchAll(tokenForm)].map(([token]) => token);
  const unknown = tokens.find((token) => /^(?:[A-Za-z]|'$)/.test(token) && !Object.hasOwn(letters, token));
  if (unknown !== undefined) return `has ${unknown}, which means nothing; letters of the text itself stand in quotes`;
  const { parts } = compilePattern(text);
  return new Set(parts).size === parts.length ? undefined : 'must not have a part twice';
};

/** Makes a pattern without a fault ready to read with: `dd/MM/yyyy HH:mm:ss`. */
export const compilePattern = (text: string): TimePattern => {
  let pattern: { form: string; parts: TimePart[] } = { form: '', parts: [] };
  for (const [token, quoted] of text.matchAll(tokenForm)) pattern = addToken(pattern, token, quoted);
  return { form: new RegExp(`^${pattern.form}$`), parts: pattern.parts };
};

const isPossible = ({
  year = 2000,
  month = 1,
  day = 1,
  hour = 0,
  minute = 0,
  second = 0,
}: Partial<Record<TimePart, number>>) =>
  month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) && hour < 24 && minute < 60 && second < 60;

/** Reads a local time; undefined where the text has another form or names none: 31 April, 24:00. */
export const readLocalTime = ({ form, parts }: TimePattern, text: string): LocalTime | undefined => {
  const groups = form.exec(text);
  if (!groups) return undefined;
  const read: Partial<Record<TimePart, number>> = {};
  parts.forEach((part, n) => {
    const digits = groups[n + 1] as string;
    read[part] = Number(part === 'fraction' ? digits.slice(0, 3) : digits);
  });
  if (!isPossible(read)) return undefined;
  const { year = 2000, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = 0 } = read;
  return { year, month, day, timeOfDayMs: hour * hourMs + minute * minuteMs + second * secondMs + fraction };
};
