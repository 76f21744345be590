import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { makeTeller } from './teller.ts';

const working = 'intake reads a into b';
const lasting = (sentence: string) => `${sentence}; intake waits, and tries again`;

let now: number;
let said: string[];
let condition: string;

const teller = () =>
  makeTeller({
    log: { info: (text) => said.push(text), warn: (text) => said.push(text), error: (text) => said.push(text) },
    onCondition: (it) => {
      condition = it.kind === 'works' ? 'works' : it.sentence;
    },
    working,
    deadLetters: 'letters',
    clock: () => now,
  });

beforeEach(() => {
  jest.useFakeTimers();
  now = 0;
  said = [];
  condition = 'nothing yet';
});

describe('what is waited for', () => {
  test('is said once, and again after a minute', () => {
    const { waits } = teller();
    for (now of [0, 1, 59_999]) waits('intake', 'no broker');
    expect(said).toEqual([lasting('no broker')]);
    now = 60_000;
    waits('intake', 'no broker');
    expect(said).toEqual([lasting('no broker'), lasting('no broker')]);
  });

  test('is said anew when it is something else', () => {
    const { waits } = teller();
    waits('intake', 'no broker');
    waits('intake', 'no topic');
    expect(said).toEqual([lasting('no broker'), lasting('no topic')]);
    expect(condition).toBe('no topic');
  });

  test('is said once though many partitions wait for it', () => {
    const { waits } = teller();
    waits('a/0', 'no journal');
    waits('a/1', 'no journal');
    expect(said).toEqual([lasting('no journal')]);
  });

  test('is what intake waits for once something else has passed', () => {
    const { waits, goesOn } = teller();
    waits('a topic', 'no topic');
    waits('a/0', 'no journal');
    expect(condition).toBe('no journal');
    goesOn('a/0');
    expect(condition).toBe('no topic');
    expect(said).toEqual([lasting('no topic'), lasting('no journal')]);
  });

  test('keeps intake from working until it has passed for all', () => {
    const { waits, goesOn } = teller();
    waits('a/0', 'no journal');
    waits('a/1', 'no journal');
    goesOn('a/0');
    expect(condition).toBe('no journal');
    goesOn('a/1');
    expect(condition).toBe('works');
    expect(said).toEqual([lasting('no journal'), working]);
  });

  test('is said again at once when it comes back after a time of work', () => {
    const { waits, goesOn } = teller();
    waits('a/0', 'no journal');
    goesOn('a/0');
    waits('a/0', 'no journal');
    expect(said).toEqual([lasting('no journal'), working, lasting('no journal')]);
  });
});

describe('a beginning', () => {
  test('is work once nothing has come up for a while, and that is said once', () => {
    const { begins, goesOn } = teller();
    begins();
    jest.advanceTimersByTime(1499);
    expect(said).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(said).toEqual([working]);
    goesOn('intake');
    expect(said).toEqual([working]);
  });

  test('is work at once when something was taken', () => {
    const { begins, goesOn } = teller();
    begins();
    goesOn('intake');
    expect(said).toEqual([working]);
  });

  test('that fails soon, again and again, is told as one fault', () => {
    const { begins, waits } = teller();
    for (let times = 0; times < 20; times += 1) {
      begins();
      jest.advanceTimersByTime(1000);
      now += 1000;
      waits('intake', 'no codec');
    }
    jest.advanceTimersByTime(10_000);
    expect(said).toEqual([lasting('no codec')]);
    expect(condition).toBe('no codec');
  });

  test('forgets what waited before', () => {
    const { begins, waits } = teller();
    waits('a/0', 'no journal');
    begins();
    jest.advanceTimersByTime(1500);
    expect(condition).toBe('works');
  });
});

describe('dead letters', () => {
  test('are told at once, then counted, and told together after ten seconds', () => {
    const { refused } = teller();
    refused('a', 1, 'a/0/5');
    now = 4000;
    refused('a', 2, 'a/1/7');
    now = 9999;
    refused('a', 3, 'a/0/8');
    expect(said).toEqual(['a record of a went to letters, with the reason beside; the first is a/0/5']);
    now = 10_000;
    refused('a', 1, 'a/0/9');
    expect(said[1]).toBe('6 records of a went to letters, with the reason beside; the first is a/1/7');
  });

  test('of one topic do not hide those of another', () => {
    const { refused } = teller();
    refused('a', 1, 'a/0/5');
    refused('b', 4, 'b/0/1');
    expect(said[1]).toBe('4 records of b went to letters, with the reason beside; the first is b/0/1');
  });
});
