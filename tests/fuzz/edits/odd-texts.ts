import fc from 'fast-check';

const quoted = (value: string): string => JSON.stringify(value);

/** Values that have broken programs before, as they are written in JSON, each by a name. */
const usual: Readonly<Record<string, string>> = {
  null: 'null',
  true: 'true',
  zero: '0',
  'minus zero': '-0',
  'minus one': '-1',
  fraction: '0.1',
  'one more than any amount': '1000000000001',
  'any amount': '1000000000000',
  'past what is exact': '9007199254740993',
  'larger than any number': '1e999999',
  'smaller than any number': '1e-999999',
  exponent: '1e21',
  'whole with a fraction': '7.0',
  'leap year': '2028',
  'NaN without quotes': 'NaN',
  'NaN as a text': '"NaN"',
  'Infinity without quotes': '-Infinity',
  'number as a text': '"12"',
  'exponent as a text': '"1e999"',
  'hexadecimal text': '"0x10"',
  'empty text': '""',
  blank: '" "',
  'lone surrogate': '"\\ud800"',
  'surrogates the wrong way round': '"\\udc00\\ud800"',
  NUL: '"\\u0000"',
  'line feed': '"a\\nb"',
  escape: '"\\u001b[2J"',
  'byte order mark': '"\\ufeff"',
  'right to left': '"\\u202e1 dong"',
  'zero width': '"a\\u200bb"',
  'line separator': '"\\u2028"',
  noncharacter: '"\\uffff"',
  emoji: '"😀"',
  combining: '"e\\u0301"',
  'key of a prototype as a text': '"__proto__"',
  'method as a text': '"toString"',
  'key of a prototype': '{"__proto__":{"amount":1}}',
  constructor: '{"constructor":{"prototype":{"amount":1}}}',
  'empty object': '{}',
  'empty list': '[]',
  'list in a list': '[[[]]]',
  '200 levels': `${'['.repeat(200)}${']'.repeat(200)}`,
  '200 levels of objects': `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
  '400 digits': '9'.repeat(400),
  '400 digits behind the point': `0.${'9'.repeat(400)}`,
  '30 February': quoted('2026-02-30T00:00:00Z'),
  'leap second': quoted('2026-06-30T23:59:60Z'),
  'without a zone': quoted('2026-07-31T17:30:00'),
  'first instant': quoted('0000-01-01T00:00:00Z'),
  'before the first instant': quoted('0000-01-01T00:00:00+01:00'),
  'last instant': quoted('9999-12-31T23:59:59.999Z'),
  'after the last instant': quoted('9999-12-31T23:59:59-01:00'),
  'year of five digits': quoted('+010000-01-01T00:00:00Z'),
  'half a day off': quoted('2026-07-31T00:00:00+23:59'),
  'many digits of a second': quoted(`2026-07-31T17:30:00.${'1'.repeat(400)}Z`),
  'first day': quoted('0000-01-01'),
  'last day': quoted('9999-12-31'),
  'first month': quoted('0000-01'),
  'last month': quoted('9999-12'),
  '29 February of no leap year': quoted('2027-02-29'),
  'leap day': quoted('02-29'),
  '30 February of any year': quoted('02-30'),
  'zone that is none': quoted('Asia/Hanoi'),
  'zone of an offset': quoted('+07:00'),
  'zone far off': quoted('Etc/GMT+99'),
  'zone with half hours': quoted('Australia/Lord_Howe'),
  'zone with a lost day': quoted('Pacific/Apia'),
  'long duration': quoted('P999999W'),
  'long duration of hours': quoted('PT99999999H'),
  'short duration': quoted('PT1S'),
  'no duration': quoted('PT0S'),
  'negative duration': quoted('-P999999D'),
  'duration of months': quoted('P1M'),
  'window of days': quoted('last-62-days'),
  'window of a year': quoted('year-to-date'),
  'window of months': quoted('last-24-months'),
  'window that is none': quoted('last-63-days'),
  'ordinary text': quoted('gold'),
};

/** What is large enough to cost time and memory, made when it is wanted. */
const huge: Readonly<Record<string, () => string>> = {
  '5 MB of text': () => quoted('x'.repeat(5_000_000)),
  '2 MB of escapes': () => `"${'\\u0001'.repeat(333_000)}"`,
  '100,000 brackets': () => '['.repeat(100_000),
  '100,000 levels': () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  '100,000 levels of objects': () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  '100,000 members': () => `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":${n}`).join()}}`,
  '200,000 items': () => `[${'0,'.repeat(199_999)}0]`,
  '1,000,000 digits': () => '9'.repeat(1_000_000),
};

/** The names of odd values; a huge one comes seldom. */
export const oddName: fc.Arbitrary<string> = fc.oneof(
  { weight: 300, arbitrary: fc.constantFrom(...Object.keys(usual)) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(huge)) },
);

/** An odd value by its name, as JSON text, though not all of them are JSON. */
export const oddText = (name: string): string => usual[name] ?? (huge[name] as () => string)();

/** Keys that mean something else to a language than to its user, as JSON text. */
export const oddKeys = ['"__proto__"', '"constructor"', '"toString"', '""', '"\\ud800"', '"a\\nb"', '"2026-13"', '"x"'];
