import { describe, expect, test } from '@jest/globals';
import { misfits, type SeenPartition } from './partition-fit.ts';

const mark = (offset: number, count = 5, digest = 'd') => ({ offset, step: 0, count, digest, version: '1' });
const applied = (offset: number, count?: number, digest?: string) => ({ ...mark(offset, count, digest), header: '{}' });

const healthy: SeenPartition = {
  partition: 0,
  first: 0,
  end: 100,
  applied: applied(100),
  receipt: mark(90),
  isSameRecord: true,
  hasOutputs: false,
};

describe('journal, R and C of a partition fit together', () => {
  const fitting: { why: string; seen: Partial<SeenPartition> }[] = [
    { why: 'R ahead of C, with nothing said since', seen: {} },
    { why: 'R at C', seen: { applied: applied(90) } },
    { why: 'R behind C, as after a crash: it is folded again', seen: { applied: applied(80, 3, 'other') } },
    {
      why: 'nothing applied and nothing said, of a journal that begins at 0',
      seen: { applied: undefined, receipt: undefined },
    },
    { why: 'an empty Redis beside a whole journal', seen: { applied: undefined } },
    { why: 'R exactly where the journal begins', seen: { first: 100 } },
    { why: 'R with nothing said yet', seen: { applied: applied(100, 0, ''), receipt: undefined } },
    { why: 'a record before R that is no longer there to compare', seen: { isSameRecord: undefined, first: 100 } },
  ];
  test.each(fitting)('$why', ({ seen }) => {
    expect(misfits({ ...healthy, ...seen })).toEqual([]);
  });
});

describe('they do not fit', () => {
  const misfitting: { why: string; seen: Partial<SeenPartition>; says: RegExp }[] = [
    {
      why: 'R one past the end',
      seen: { applied: applied(101) },
      says: /offset 101, past the end of the journal \(100\)/,
    },
    { why: 'C one past the end', seen: { receipt: mark(101) }, says: /last receipt is at offset 101, past the end/ },
    { why: 'another record before R', seen: { isSameRecord: false }, says: /another record at offset 99/ },
    {
      why: 'R one before the beginning',
      seen: { first: 101, end: 200 },
      says: /begins at offset 101, and offset 100 is the next/,
    },
    {
      why: 'an empty Redis, and a journal without its head',
      seen: { applied: undefined, first: 1 },
      says: /Redis knows nothing/,
    },
    {
      why: 'R past C, with more outputs',
      seen: { applied: applied(100, 6) },
      says: /know of 6 outputs .* the last receipt of 5/,
    },
    { why: 'R at C, with another digest', seen: { applied: applied(90, 5, 'e') }, says: /do not belong together/ },
    {
      why: 'R with outputs, and no receipt',
      seen: { receipt: undefined },
      says: /know of 5 outputs, and there is no receipt/,
    },
    {
      why: 'outputs, and no receipt',
      seen: { receipt: undefined, applied: undefined, hasOutputs: true },
      says: /outputs and no receipt: an engine would say again/,
    },
  ];
  test.each(misfitting)('$why', ({ seen, says }) => {
    expect(misfits({ ...healthy, ...seen })).toEqual([
      { problem: expect.stringMatching(says), mend: expect.any(String) },
    ]);
  });
});
