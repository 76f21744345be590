import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  civilDateText,
  dayMs,
  daysInMonth,
  daysSinceEpoch,
  formatInstant,
  hourMs,
  isCivilDate,
  minuteMs,
  monthDayText,
  parseDuration,
  parseInstant,
  secondMs,
} from './instant.ts';

const utc = Date.UTC(2026, 6, 31, 17, 30);
const firstMs = Date.parse('0000-01-01T00:00:00Z');
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');
const instants = fc.integer({ min: firstMs, max: lastMs });

describe('an instant is read from', () => {
  test.each([
    { text: '2026-07-31T17:30:00Z', ms: utc, why: 'UTC' },
    { text: '2026-07-31t17:30:00z', ms: utc, why: 'lower case, which RFC 3339 allows' },
    { text: '2026-08-01T00:30:00+07:00', ms: utc, why: 'an offset into the next month' },
    { text: '2026-07-31T05:45:00-11:45', ms: utc, why: 'an offset of quarters, westwards' },
    { text: '2026-07-31T17:30:00-00:00', ms: utc, why: 'an unknown local offset' },
    { text: '2026-08-01T17:29:00+23:59', ms: utc, why: 'the largest offset' },
    { text: '2026-07-31T17:30:00.5Z', ms: utc + 500, why: 'tenths' },
    { text: '2026-07-31T17:30:00.001Z', ms: utc + 1, why: 'milliseconds' },
    { text: '2026-07-31T17:30:00.0019999999999Z', ms: utc + 1, why: 'finer digits are cut off, not rounded' },
    { text: '2026-08-01T00:30:00.25+07:00', ms: utc + 250, why: 'a fraction and an offset' },
    { text: '2028-02-29T00:00:00Z', ms: Date.UTC(2028, 1, 29), why: 'a leap day' },
    { text: '2000-02-29T00:00:00Z', ms: Date.UTC(2000, 1, 29), why: 'a century that 400 divides is a leap year' },
    { text: '1969-12-31T23:59:59.999Z', ms: -1, why: 'before 1970' },
    { text: '0000-01-01T00:00:00Z', ms: firstMs, why: 'the first year that four digits write' },
    { text: '9999-12-31T23:59:59.999Z', ms: lastMs, why: 'the last' },
  ])('$text: $why', ({ text, ms }) => {
    expect(parseInstant(text)).toBe(ms);
  });
});

describe('no instant is', () => {
  test.each([
    { text: '2026-07-31T17:30:00', why: 'no zone' },
    { text: '2026-07-31', why: 'a date only' },
    { text: '2026-07-31T17:30Z', why: 'no seconds' },
    { text: '2026-07-31 17:30:00Z', why: 'a space for the T' },
    { text: '2026-02-30T00:00:00Z', why: '30 February' },
    { text: '2026-02-29T00:00:00Z', why: 'no leap year' },
    { text: '2100-02-29T00:00:00Z', why: 'a century is none either' },
    { text: '2026-04-31T00:00:00Z', why: '31 April' },
    { text: '2026-00-01T00:00:00Z', why: 'month 0' },
    { text: '2026-13-01T00:00:00Z', why: 'month 13' },
    { text: '2026-01-00T00:00:00Z', why: 'day 0' },
    { text: '2026-07-31T24:00:00Z', why: '24:00, which RFC 3339 does not know' },
    { text: '2026-07-31T23:60:00Z', why: 'minute 60' },
    { text: '2016-12-31T23:59:60Z', why: 'a leap second, even one that was' },
    { text: '2026-07-31T17:30:00.Z', why: 'a point without digits' },
    { text: '2026-07-31T17:30:00,5Z', why: 'a comma' },
    { text: '2026-07-31T17:30:00+0700', why: 'an offset without a colon' },
    { text: '2026-07-31T17:30:00+07', why: 'an offset of hours only' },
    { text: '2026-07-31T17:30:00+24:00', why: 'an offset of a day' },
    { text: '2026-07-31T17:30:00+07:60', why: 'an offset of 60 minutes' },
    { text: '26-07-31T17:30:00Z', why: 'a year of two digits' },
    { text: '12026-07-31T17:30:00Z', why: 'a year of five digits' },
    { text: '+002026-07-31T17:30:00Z', why: 'a signed year' },
    { text: '0000-01-01T00:00:00+00:01', why: 'in UTC it is before year 0' },
    { text: '9999-12-31T23:59:59-00:01', why: 'in UTC it is year 10000, which no output could write' },
    { text: ' 2026-07-31T17:30:00Z', why: 'a space in front' },
    { text: '2026-07-31T17:30:00Z\n', why: 'a line end behind' },
    { text: '２０26-07-31T17:30:00Z', why: 'digits of another script' },
    { text: '1785519000', why: 'seconds since 1970' },
    { text: '', why: 'nothing' },
  ])('"$text": $why', ({ text }) => {
    expect(parseInstant(text)).toBeNaN();
  });
});

describe('an instant is written', () => {
  test.each([
    { ms: utc, text: '2026-07-31T17:30:00Z', why: 'without a fraction of 0' },
    { ms: utc + 1, text: '2026-07-31T17:30:00.001Z', why: 'with milliseconds when there are any' },
    { ms: utc + 500, text: '2026-07-31T17:30:00.500Z', why: 'always three of them' },
    { ms: firstMs, text: '0000-01-01T00:00:00Z', why: 'with four digits for the year' },
  ])('$text: $why', ({ ms, text }) => {
    expect(formatInstant(ms)).toBe(text);
  });

  test('so that it is read as the same', () => {
    fc.assert(fc.property(instants, (ms) => parseInstant(formatInstant(ms)) === ms));
  });

  test('and an offset says the same instant in other words', () => {
    const offsets = fc.integer({ min: -1439, max: 1439 });
    fc.assert(
      fc.property(fc.integer({ min: firstMs + dayMs, max: lastMs - dayMs }), offsets, (ms, minutes) => {
        const local = new Date(ms + minutes * minuteMs).toISOString().slice(0, -1);
        const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
        const offset = `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
        return parseInstant(local + offset) === ms;
      }),
    );
  });
});

describe('civil dates', () => {
  test('are counted as Date counts them, for ten thousand years', () => {
    fc.assert(
      fc.property(instants, (ms) => {
        const date = new Date(ms);
        const days = daysSinceEpoch(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
        return days === Math.floor(ms / dayMs);
      }),
    );
  });

  test.each([
    { text: '2026-07-31', is: true, why: 'the last of July' },
    { text: '2028-02-29', is: true, why: 'a leap day' },
    { text: '2026-02-29', is: false, why: 'no leap year' },
    { text: '2026-04-31', is: false, why: 'April has 30' },
    { text: '2026-7-31', is: false, why: 'one digit' },
    { text: '2026-07-32', is: false, why: 'day 32' },
    { text: '2026-00-10', is: false, why: 'month 0' },
    { text: '2026-07-31T00:00:00Z', is: false, why: 'an instant' },
  ])('$text is one: $is, $why', ({ text, is }) => {
    expect(isCivilDate(text)).toBe(is);
    expect(civilDateText.safeParse(text).success).toBe(is);
  });

  test('a day of any year is one that a leap year has', () => {
    const pairs = Array.from({ length: 100 * 100 }, (_, n) => [Math.floor(n / 100), n % 100] as const);
    const written = ([month, day]: readonly [number, number]) =>
      `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    const right = pairs.filter(
      ([month, day]) => month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(2028, month),
    );
    const taken = pairs.filter((pair) => monthDayText.safeParse(written(pair)).success);
    expect(taken).toEqual(right);
    expect(taken).toHaveLength(366);
  });
});

describe('durations', () => {
  test.each([
    { text: 'P14D', ms: 14 * dayMs, why: 'days of 24 hours' },
    { text: 'P2W', ms: 14 * dayMs, why: 'weeks' },
    { text: 'P0D', ms: 0, why: 'none' },
    { text: 'PT0S', ms: 0, why: 'none, in seconds' },
    { text: 'PT15M', ms: 15 * minuteMs, why: 'minutes' },
    { text: 'P1DT2H3M4S', ms: dayMs + 2 * hourMs + 3 * minuteMs + 4 * secondMs, why: 'all together' },
    { text: 'PT36H', ms: 36 * hourMs, why: 'more hours than a day has' },
  ])('$text: $why', ({ text, ms }) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    { text: 'P1M', why: 'months differ' },
    { text: 'P1Y', why: 'years differ' },
    { text: 'P', why: 'nothing' },
    { text: 'PT', why: 'nothing after the T' },
    { text: 'P1DT', why: 'nothing after the T' },
    { text: 'PT5', why: 'no unit' },
    { text: '14D', why: 'no P' },
    { text: 'p14d', why: 'lower case' },
    { text: '-P1D', why: 'a sign' },
    { text: 'P1.5D', why: 'a fraction' },
    { text: 'PT1S1M', why: 'units out of order' },
    { text: 'P1000000D', why: 'more digits than anybody needs' },
    { text: '', why: 'nothing at all' },
  ])('"$text" is none: $why', ({ text }) => {
    expect(parseDuration(text)).toBeNaN();
  });
});
