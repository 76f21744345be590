import { describe, expect, test } from '@jest/globals';
import { containsToday, parseWindow, windowName, windowOfDays, windowWithToday } from './windows.ts';

describe('a window is read from', () => {
  test.each([
    { name: 'month-to-date', window: { kind: 'months-to-date', months: 1 }, today: true },
    { name: '12-months-to-date', window: { kind: 'months-to-date', months: 12 }, today: true },
    { name: 'year-to-date', window: { kind: 'year-to-date' }, today: true },
    { name: 'last-30-days', window: { kind: 'last-days', days: 30 }, today: true },
    { name: 'last-1-days', window: { kind: 'last-days', days: 1 }, today: true },
    { name: 'last-62-days', window: { kind: 'last-days', days: 62 }, today: true },
    { name: 'previous-month', window: { kind: 'last-months', months: 1, average: false }, today: false },
    { name: 'last-24-months', window: { kind: 'last-months', months: 24, average: false }, today: false },
    { name: 'average-of-last-3-months', window: { kind: 'last-months', months: 3, average: true }, today: false },
  ])('$name', ({ name, window, today }) => {
    const read = parseWindow(name);
    expect(read).toEqual({ name, ...window });
    expect(read && containsToday(read)).toBe(today);
  });
});

describe('no window is', () => {
  test.each([
    { name: 'last-0-days', why: 'one below the least' },
    { name: 'last-63-days', why: 'one above the most' },
    { name: 'last-0-months', why: 'one below the least' },
    { name: 'last-25-months', why: 'one above the most' },
    { name: '0-months-to-date', why: 'one below the least' },
    { name: '25-months-to-date', why: 'one above the most' },
    { name: 'last-030-days', why: 'a leading zero would make two names of one window' },
    { name: 'last--1-days', why: 'a sign' },
    { name: 'last-N-days', why: 'the N is to be replaced' },
    { name: 'average-of-last-6-months', why: 'only three are averaged' },
    { name: 'Month-To-Date', why: 'upper case' },
    { name: 'constructor', why: 'what every object has' },
    { name: '', why: 'nothing' },
  ])('"$name": $why', ({ name }) => {
    expect(parseWindow(name)).toBeUndefined();
  });
});

describe('the pattern in the JSON Schema', () => {
  const numbers = ['0', '01', '1', '9', '10', '19', '20', '23', '24', '25', '59', '60', '62', '63', '99', '100'];
  const names = [
    ...['month-to-date', 'previous-month', 'year-to-date', 'average-of-last-3-months', 'week-to-date', ''],
    ...numbers.flatMap((n) => [`last-${n}-days`, `last-${n}-months`, `${n}-months-to-date`]),
  ];

  test.each([
    { what: 'any window', schema: windowName },
    { what: 'a window with today', schema: windowWithToday },
    { what: 'a window of days', schema: windowOfDays },
  ])('takes the same names as the schema: $what', ({ schema }) => {
    const pattern = new RegExp(String(schema.meta()?.pattern), 'u');
    expect(names.filter((name) => pattern.test(name))).toEqual(names.filter((name) => schema.safeParse(name).success));
  });
});
