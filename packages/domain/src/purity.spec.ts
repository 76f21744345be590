import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { longLife } from './testing/long-life.ts';

const run = promisify(execFile);

/** The sources of the domain, without its tests and what they need. */
const sources = readdirSync(import.meta.dirname, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.startsWith('testing'))
  .map((file) => ({ file, text: readFileSync(join(import.meta.dirname, file), 'utf8') }));

const allowed = ['@alo/contracts', 'luxon', 'date-chinese', 'node:crypto', 'node:zlib'];
const importsOf = (text: string) =>
  [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name as string);

describe('the domain', () => {
  test('has sources to look at', () => {
    expect(sources.map(({ file }) => file)).toContain('fold.ts');
    expect(importsOf(sources.find(({ file }) => file === 'fold.ts')?.text ?? '')).toContain('./decide.ts');
  });

  test.each(sources)('imports nothing but contracts, calendars, hashing and its own files: $file', ({ text }) => {
    const others = importsOf(text).filter((name) => !allowed.includes(name));
    expect(others.filter((name) => !/^\.{1,2}\/[a-z0-9/.-]+\.ts$/.test(name) || name.includes('/testing/'))).toEqual(
      [],
    );
  });

  test.each([
    {
      asks: /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|;|$)|[^.\w]Date\s*\(\s*\)/m,
      of: 'the clock of the machine',
    },
    {
      asks: /\bDateTime\b|\bSettings\b|\bTemporal\b|\bperformance\b|\bhrtime\b|\bset(?:Timeout|Interval|Immediate)\b/,
      of: 'another clock',
    },
    { asks: /\bMath\s*\.\s*random\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/, of: 'chance' },
    { asks: /\bprocess\b|\bglobalThis\b|\bconsole\b|\bfetch\b/, of: 'the world' },
    { asks: /\basync\b|\bawait\b|\bPromise\b/, of: 'later' },
    {
      asks: /\btoLocale|\bIntl\b|\bgetTimezoneOffset\b|\.get(?:FullYear|Month|Date|Day|Hours|Minutes)\(/,
      of: 'a locale or zone',
    },
  ])('asks nothing of $of', ({ asks }) => {
    expect(sources.filter(({ text }) => asks.test(withoutComments(text))).map(({ file }) => file)).toEqual([]);
  });
});

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

describe('a long life is told alike, byte for byte', () => {
  test.each([
    { TZ: 'UTC', clock: '', why: 'as in this process' },
    { TZ: 'Asia/Ho_Chi_Minh', clock: '1970-01-01T00:00:00Z', why: 'a clock that was never set' },
    { TZ: 'America/New_York', clock: '2041-07-05T13:00:00Z', why: 'a clock that is years ahead' },
    { TZ: 'Pacific/Apia', clock: '2026-03-29T00:59:59.999Z', why: 'a clock in the middle of the life' },
  ])('with TZ=$TZ and the clock "$clock": $why', async ({ TZ, clock }) => {
    const file = join(import.meta.dirname, 'testing', 'tell-life.ts');
    const { stdout } = await run(process.execPath, [file, clock], { env: { ...process.env, TZ }, maxBuffer: 2 ** 26 });
    expect(stdout.length).toBeGreaterThan(50_000);
    expect(stdout).toBe(longLife());
  });
});
