import { expect, test } from '@jest/globals';
import { PartitionStopped } from '../errors.ts';
import { decodeApplied, encodeApplied } from './stored-header.ts';

const applied = { offset: 7, step: 2, digest: 'd', count: 3, version: '1', header: '{"now":1}' };

test.each([
  { why: 'alone', given: applied },
  { why: 'in the midst of re-arming', given: { ...applied, rearmedUpTo: 's-😀' } },
  { why: 'in the midst of due items', given: { ...applied, settled: { dueAt: -1, subscriber: 's-1' } } },
  { why: 'with the digest of its last record', given: { ...applied, lastRecord: 'abc' } },
])('R is read as it was written, $why', ({ given }) => {
  expect(decodeApplied('key', encodeApplied(given))).toEqual(given);
});

const foreign = 'the Redis key alo:{1}:header was not written by alo: give another REDIS_KEY_PREFIX';

test.each([
  { why: 'no JSON', text: 'OK', says: foreign },
  { why: 'no object', text: 'null', says: foreign },
  { why: 'an object of something else', text: '{"offset":1}', says: foreign },
  { why: 'a format of something else', text: '{"format":"other.v1"}', says: foreign },
  { why: 'a format that a terminal would obey', text: '{"format":"alo.states.v2\\u001b[2J"}', says: foreign },
  {
    why: 'R without an offset',
    text: JSON.stringify({ ...applied, format: 'alo.states.v1', offset: '7' }),
    says: foreign,
  },
  ...[
    {
      why: 'R in the midst of something that is due at no time',
      part: { settled: { dueAt: null, subscriber: 's-1' } },
    },
    { why: 'R re-armed up to a number', part: { rearmedUpTo: 7 } },
    { why: 'R that may be verified', part: { isUnverified: 'perhaps' } },
  ].map(({ why, part }) => ({
    why,
    text: JSON.stringify({ ...applied, ...part, format: 'alo.states.v1' }),
    says: foreign,
  })),
  {
    why: 'a later format',
    text: JSON.stringify({ ...applied, format: 'alo.states.v2' }),
    says:
      'the Redis key alo:{1}:header holds states of the format alo.states.v2, and this alo reads alo.states.v1: ' +
      'run the alo that wrote them, or give another REDIS_KEY_PREFIX',
  },
])('$why stops the partition, and the key is named', ({ text, says }) => {
  expect(() => decodeApplied('alo:{1}:header', text)).toThrow(new PartitionStopped(says));
});
