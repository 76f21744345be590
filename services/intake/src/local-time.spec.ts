import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { compilePattern, patternFault, readLocalTime } from './local-time.ts';

const read = (pattern: string, text: string) => readLocalTime(compilePattern(pattern), text);

describe('a local time is read', () => {
  test.each([
    ['dd/MM/yyyy HH:mm:ss', '31/07/2026 23:59:58', [2026, 7, 31, 86_398_000]],
    ['yyyyMMddHHmmss', '20260731000000', [2026, 7, 31, 0]],
    ["yyyy-MM-dd'T'HH:mm:ss.SSS", '2026-07-31T00:00:01.250', [2026, 7, 31, 1250]],
    ['yyyy-MM-dd HH:mm:ss.SSSSSS', '2026-07-31 00:00:01.250999', [2026, 7, 31, 1250]],
    ['d.M.yyyy H:m', '1.2.2028 3:04', [2028, 2, 1, 11_040_000]],
    ['dd/MM/yyyy', '29/02/2028', [2028, 2, 29, 0]],
    ['dd/MM', '29/02', [2000, 2, 29, 0]],
    ["'ngày' dd 'tháng' MM yyyy", 'ngày 02 tháng 09 2026', [2026, 9, 2, 0]],
    ['(yyyy.MM.dd)*', '(2026.07.31)*', [2026, 7, 31, 0]],
  ])('%s of %j', (pattern, text, [year, month, day, timeOfDayMs]) => {
    expect(read(pattern, text)).toEqual({ year, month, day, timeOfDayMs });
  });

  test.each([
    ['dd/MM/yyyy HH:mm', '31/04/2026 00:00', 'there is no 31 April'],
    ['dd/MM/yyyy HH:mm', '29/02/2026 00:00', 'no leap year'],
    ['dd/MM/yyyy HH:mm', '01/13/2026 00:00', 'month 13'],
    ['dd/MM/yyyy HH:mm', '00/01/2026 00:00', 'day 0'],
    ['dd/MM/yyyy HH:mm', '01/01/2026 24:00', 'hour 24'],
    ['dd/MM/yyyy HH:mm', '01/01/2026 23:60', 'minute 60'],
    ['HH:mm:ss', '23:59:60', 'a leap second'],
    ['dd/MM/yyyy', '1/01/2026', 'one digit where two are asked for'],
    ['dd/MM/yyyy', '01-01-2026', 'other signs between'],
    ['yyyy.MM', '2026x07', 'a dot is a dot'],
    ['dd/MM/yyyy', ' 01/01/2026', 'something in front'],
    ['dd/MM/yyyy', '01/01/2026 10:00', 'something behind'],
  ])('not with %s of %j: %s', (pattern, text) => {
    expect(read(pattern, text)).toBeUndefined();
  });
});

test.each([
  ['yyyy-MM-ddTHH:mm', 'has T, which means nothing; letters of the text itself stand in quotes'],
  ['yy-MM-dd', 'has yy, which means nothing; letters of the text itself stand in quotes'],
  ['hh:mm a', 'has hh, which means nothing; letters of the text itself stand in quotes'],
  ["yyyy 'o", "has ', which means nothing; letters of the text itself stand in quotes"],
  ['yyyy yyyy', 'must not have a part twice'],
  ['dd d', 'must not have a part twice'],
  ['dd/MM/yyyy', undefined],
])('the fault of %j is %j', (pattern, fault) => {
  expect(patternFault(pattern)).toBe(fault);
});

test('what luxon writes by a pattern is read as it was', () => {
  const patterns = fc.constantFrom(
    'dd/MM/yyyy HH:mm:ss.SSS',
    'yyyyMMddHHmmssSSS',
    'M-d-yyyy H.m.s SSS',
    "yyyy'T'MM dd HHmm ss,SSS",
  );
  fc.assert(
    fc.property(patterns, fc.integer({ min: 0, max: 4e12 }), (pattern, ms) => {
      const time = DateTime.fromMillis(ms, { zone: 'UTC' });
      const { year, month, day } = time;
      expect(read(pattern, time.toFormat(pattern))).toEqual({ year, month, day, timeOfDayMs: ms % 86_400_000 });
    }),
  );
});
