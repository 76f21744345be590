import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { activatePolicy, parseMonth } from '@alo/domain';
import { describe, expect, test } from '@jest/globals';
import { explainPolicy } from './explain.ts';
import { durationInWords, endOfSpread, moneyOf, windowInWords } from './words.ts';

const ladder = [{ name: 'base' }, { name: 'vip', upgradeAt: 1_000_000, retainAt: 800_000 }];
const review = { every: 'quarter', day: 3, at: '06:00', window: 'previous-month' };
const minimal = { id: 'p', version: 1, zone: 'Asia/Ho_Chi_Minh', currency: 'VND' };

const explained = (parts: object = {}, from = '2026-11') => {
  const activation = activatePolicy({ ...minimal, tiers: { window: 'month-to-date', ladder }, ...parts });
  if (!activation.ok) throw new Error(JSON.stringify(activation.problems));
  return explainPolicy(activation.policy, parseMonth(from));
};
const sentencesOf = (parts: object) => explained(parts).sections.flatMap(({ sentences }) => sentences);
const datesOf = (parts: object, from?: string) =>
  explained(parts, from).calendar.map(({ on, what }) => `${on} ${what}`);

describe('sentences', () => {
  test('a section that is not there is not spoken of', () => {
    expect(explained().sections.map(({ title }) => title)).toEqual(['In general', 'Tiers']);
    expect(sentencesOf({})).toContain('Nobody ever loses a tier.');
  });

  test('every figure of a policy with every section is told', () => {
    const chapter = readFileSync(join(import.meta.dirname, '../../../../tests/guide/02-a-policy.spec.ts'), 'utf8');
    const [, text = ''] = /const example = `(.*?)`;/s.exec(chapter) as RegExpExecArray;
    const activation = activatePolicy(JSON.parse(text));
    if (!activation.ok) throw new Error('the policy is right');
    const all = JSON.stringify(explainPolicy(activation.policy, parseMonth('2026-11')).sections);
    const figures = ['1,000,000', '800,000', '3,000,000', '2,500,000', 'day 3', '06:00', '2 times', '7 days', '1 %'];
    figures.push('1.3 %', '500,000', 'HN', '5,000,000', '200,000', '2,000,000', '300,000', '300 %', '10 days', '09:00');
    figures.push(
      'gold and above',
      'in 7 days',
      '3 or more',
      '14 days',
      '50 %',
      '07:00',
      '8 March',
      '35 days',
      'official',
    );
    expect(figures.filter((figure) => !all.includes(figure))).toEqual([]);
  });

  test.each([
    { consent: 'opt-in', says: 'Who has not consented gets no gifts, cards and promotions.' },
    { consent: 'opt-out', says: 'Who has not said no is taken to consent to gifts, cards and promotions.' },
  ])('$consent is told', ({ consent, says }) => {
    expect(sentencesOf({ consent })).toContain(says);
  });

  test.each([
    { rule: { list: 'few' }, says: 'Who is on the list few is not suspended, whatever is owed.' },
    {
      rule: { minTier: 'vip', maxConsecutiveSkips: 0 },
      says: 'Who is vip or above is not suspended as long as nothing is overdue.',
    },
    {
      rule: { list: 'few', minTier: 'vip', maxConsecutiveSkips: 1, skipDays: 7 },
      says:
        'Who is on the list few and is vip or above is not suspended: at most 1 time in a row and for 7 days each time. ' +
        'A time when nothing is owed does not count.',
    },
  ])('a protect rule: $says', ({ rule, says }) => {
    expect(sentencesOf({ lists: { few: {} }, suspension: { protect: [rule] } })).toContain(says);
  });

  test('the way down is told as it is', () => {
    const tiers = (more: object) => ({ tiers: { window: 'month-to-date', ladder, review: { ...review, ...more } } });
    expect(sentencesOf(tiers({}))).toContain('Who falls short goes one tier down. Nobody goes down at any other time.');
    expect(sentencesOf(tiers({ failures: 3, downgrade: 'by-value' }))).toContain(
      'Who falls short 3 times in a row goes to the highest tier below whose line is reached. Nobody goes down at any ' +
        'other time.',
    );
  });
});

describe('the calendar of twelve months', () => {
  test('has every review and warning that falls due in them, and no other', () => {
    const tiers = { window: 'month-to-date', ladder, review, warn: ['P7D'] };
    expect(datesOf({ tiers }, '2026-10')).toEqual([
      '2026-10-03 review of tiers',
      '2026-12-27 warning of the review of 2027-01-03, 7 days ahead',
      '2027-01-03 review of tiers',
      '2027-03-27 warning of the review of 2027-04-03, 7 days ahead',
      '2027-04-03 review of tiers',
      '2027-06-26 warning of the review of 2027-07-03, 7 days ahead',
      '2027-07-03 review of tiers',
      '2027-09-26 warning of the review of 2027-10-03, 7 days ahead',
    ]);
  });

  const holiday = (on: string, more: object = {}) => ({
    occasions: [{ id: 'day', kind: 'holiday', on, sendAt: '08:00', ...more }],
  });
  test.each([
    { on: '11-01', lead: 'P0D', dates: ['2026-11-01 day: cards for 2026-11-01'], why: 'the first day' },
    { on: '10-31', lead: 'P0D', dates: ['2027-10-31 day: cards for 2027-10-31'], why: 'the last day' },
    { on: '11-01', lead: 'P1D', dates: ['2027-10-31 day: cards for 2027-11-01'], why: 'due on the last day' },
    { on: '01-01', lead: 'P7D', dates: ['2026-12-25 day: cards for 2027-01-01'], why: 'due in the year before' },
  ])('a holiday on $on with a lead of $lead: $why', ({ on, lead, dates }) => {
    expect(datesOf(holiday(on, { lead }))).toEqual(dates);
  });

  test.each([
    { from: '2027-01', feb29: undefined, date: '2027-02-28', why: 'the last of February' },
    { from: '2027-01', feb29: 'mar1', date: '2027-03-01', why: 'the first of March' },
    { from: '2028-01', feb29: 'mar1', date: '2028-02-29', why: 'the day itself in a leap year' },
  ])('29 February in the year from $from: $why', ({ from, feb29, date }) => {
    expect(datesOf(holiday('02-29', { feb29 }), from)).toEqual([`${date} day: cards for ${date}`]);
  });

  test.each([
    { lunar: '01-01', dates: ['2027-01-30 day: cards for 2027-02-06'], why: 'Tết' },
    { lunar: '12-23', dates: ['2027-01-23 day: cards for 2027-01-30'], why: 'of the lunar year before' },
    { lunar: '09-26', dates: ['2027-10-18 day: cards for 2027-10-25'], why: 'late in the twelve months' },
  ])('the lunar $lunar: $why', ({ lunar, dates }) => {
    const lead = 'P7D';
    expect(datesOf({ occasions: [{ id: 'day', kind: 'holiday', lunar, lead, sendAt: '08:00' }] })).toEqual(dates);
  });

  test('has a conference once, and retention every month', () => {
    const conference = { id: 'c', kind: 'conference', on: '2026-12-12', lead: 'P2D', sendAt: '08:00' };
    expect(datesOf({ occasions: [conference] })).toEqual(['2026-12-10 c: cards for 2026-12-12']);
    expect(datesOf({ occasions: [conference] }, '2027-01')).toEqual([]);
    const retention = [
      { id: 'r', every: 'month', day: 3, at: '07:00', window: 'previous-month', belowPercent: 50, of: 'last-3-months' },
    ];
    expect(datesOf({ retention })).toHaveLength(12);
  });

  test('is in the order of days and times of day', () => {
    const occasions = [
      { id: 'b', kind: 'conference', on: '2026-12-12', sendAt: '10:00', spread: 'PT90M' },
      { id: 'a', kind: 'conference', on: '2026-12-12', sendAt: '08:00' },
    ];
    expect(explained({ occasions }).calendar.map(({ at }) => at)).toEqual(['08:00', '10:00 to 11:30']);
  });

  test('says which occasions are not in it', () => {
    const occasions = [{ id: 'b', kind: 'birthday', feb29: 'feb28', sendAt: '10:00' }];
    expect(explained({ occasions }).undated).toEqual([{ occasion: 'b', why: 'everybody has a day of their own' }]);
  });
});

describe('words', () => {
  test.each([
    ['VND', 1_000_000, '1,000,000 VND'],
    ['GBP', 1250, '12.50 GBP'],
    ['KWD', 1250, '1.250 KWD'],
  ])('%s %d is %s', (currency, amount, words) => {
    expect(moneyOf(currency)(amount)).toBe(words);
  });

  test.each([
    ['P1D', '1 day'],
    ['P2W', '14 days'],
    ['P1DT2H30M', '1 day, 2 hours and 30 minutes'],
    ['PT0S', 'no time'],
  ])('%s is %s', (text, words) => {
    expect(durationInWords(text)).toBe(words);
  });

  test.each([
    ['last-1-days', 'one day'],
    ['1-months-to-date', 'this month'],
    ['3-months-to-date', 'this month and the 2 before it'],
    ['year-to-date', 'this year'],
  ])('%s is %s', (name, words) => {
    expect(windowInWords(name)).toBe(words);
  });

  test('a spread may end with the day', () => {
    expect(endOfSpread('22:00', 'PT2H')).toBe('24:00');
  });
});
