import { daysSinceEpoch, firstInstant, formatInstant, type Instant, lastInstant, parseInstant } from '@alo/contracts';
import { calendarOf, unreachable } from '@alo/domain';
import { cutProduct, type Decimal, parseDecimal, parseRatio, type Ratio, wholeProduct } from './decimal.ts';
import { compilePattern, type LocalTime, readLocalTime } from './local-time.ts';
import type { TargetKind } from './targets.ts';

/** A value as it was found: of a text and of a number also the characters, as they were written. */
export type Raw = { readonly value: unknown; readonly text: string | undefined };

/** What came of looking for a field: its value, or that there is none, or what is wrong. */
export type Reading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'missing' }
  | { readonly kind: 'fault'; readonly fault: string };

/** Makes of what was found what the field holds. */
export type Shape = (raw: Raw) => Reading;

export type ShapeOptions = {
  readonly factor?: string | undefined;
  readonly words?: Readonly<Record<string, string | boolean>> | undefined;
  readonly format?: string | undefined;
  readonly zone?: string | undefined;
};

/** A value that stands somewhere without characters of its own. */
export const rawOf = (value: unknown): Raw => ({
  value,
  text: typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined,
});

const found = (value: unknown): Reading => ({ kind: 'value', value });
const fault = (words: string): Reading => ({ kind: 'fault', fault: words });

const asText: Shape = ({ text }) => (text === undefined ? fault('must be a text') : found(text));

const asFlag: Shape = ({ value }) => (typeof value === 'boolean' ? found(value) : fault('must be true or false'));

const decimalOf = ({ text }: Raw): Decimal | undefined => (text === undefined ? undefined : parseDecimal(text));

const asAmount = (factor: string): Shape => {
  const ratio = parseRatio(factor);
  return (raw) => {
    const decimal = decimalOf(raw);
    if (!decimal) return fault('must be a number');
    const amount = wholeProduct(decimal, ratio);
    if (amount === undefined) return fault(`must be a whole number when multiplied by ${factor}`);
    return Number.isSafeInteger(Number(amount)) ? found(Number(amount)) : fault('must not be larger than any amount');
  };
};

const instantAt = (instant: Instant): Reading =>
  instant >= firstInstant && instant <= lastInstant
    ? found(formatInstant(instant))
    : fault('must be an instant of the years 0000 to 9999');

const asRfc3339: Shape = ({ text }) => {
  const instant = text === undefined ? Number.NaN : parseInstant(text);
  if (!Number.isNaN(instant)) return instantAt(instant);
  return fault('must be an RFC 3339 instant with a zone, such as 2026-07-31T17:30:00Z');
};

/** Finer than a millisecond is cut off. */
const asEpoch =
  (msPerUnit: Ratio, unit: string): Shape =>
  (raw) => {
    const decimal = decimalOf(raw);
    return decimal ? instantAt(Number(cutProduct(decimal, msPerUnit))) : fault(`must be ${unit} since 1970`);
  };

/** A time that a change of the clock repeats is the first, one that it skips is moved forward. */
const instantOf = ({ year, month, day, timeOfDayMs }: LocalTime, zone: string): Instant =>
  calendarOf(zone).instantOf(daysSinceEpoch(year, month, day), timeOfDayMs);

const asLocal = (format: string, made: (time: LocalTime) => Reading): Shape => {
  const pattern = compilePattern(format);
  return ({ text }) => {
    const time = text === undefined ? undefined : readLocalTime(pattern, text);
    return time ? made(time) : fault(`must be written as ${format}`);
  };
};

const asInstant = ({ format = 'rfc3339', zone = 'UTC' }: ShapeOptions): Shape => {
  switch (format) {
    case 'rfc3339':
      return asRfc3339;
    case 'epoch-ms':
      return asEpoch({ numerator: 1n, denominator: 1n }, 'milliseconds');
    case 'epoch-s':
      return asEpoch({ numerator: 1000n, denominator: 1n }, 'seconds');
    default:
      return asLocal(format, (time) => instantAt(instantOf(time, zone)));
  }
};

const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

const asMonthDay = ({ format }: ShapeOptions): Shape =>
  format === undefined ? asText : asLocal(format, ({ month, day }) => found(`${padded(month, 2)}-${padded(day, 2)}`));

const asDate = ({ format }: ShapeOptions): Shape =>
  format === undefined
    ? asText
    : asLocal(format, ({ year, month, day }) => found(`${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`));

const shapeOf = (kind: TargetKind, options: ShapeOptions): Shape => {
  switch (kind) {
    case 'text':
      return asText;
    case 'amount':
      return asAmount(options.factor ?? '1');
    case 'instant':
      return asInstant(options);
    case 'date':
      return asDate(options);
    case 'month-day':
      return asMonthDay(options);
    case 'flag':
      return asFlag;
    case 'as-it-is':
      return ({ value }) => found(value);
    default:
      return unreachable(kind);
  }
};

/** Stands for every word that is not named. */
const anyWord = '*';

const translated = (words: Readonly<Record<string, string | boolean>>, shape: Shape): Shape => {
  const meanings = new Map(Object.entries(words));
  return ({ value, text = typeof value === 'boolean' ? String(value) : undefined }) => {
    if (text === undefined) return fault('must be a text');
    const meaning = meanings.get(text) ?? meanings.get(anyWord);
    return meaning === undefined ? fault('must be one of its words') : shape(rawOf(meaning));
  };
};

/** How a field of that kind is made of what is found, by options that were checked. */
export const makeShape = (kind: TargetKind, options: ShapeOptions): Shape => {
  const shape = shapeOf(kind, options);
  return options.words ? translated(options.words, shape) : shape;
};
