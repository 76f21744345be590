import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { goldenMessages } from './golden-messages.ts';
import { outputId, outputName, outputNames, outputSchemas, percentEncode, topicOf } from './outputs.ts';

describe('a part of an id', () => {
  test.each([
    { part: 'AZaz09-._~', encoded: 'AZaz09-._~', why: 'what RFC 3986 does not reserve stays' },
    { part: 's/17', encoded: 's%2F17', why: 'or a part could pass for two' },
    { part: '%2F', encoded: '%252F', why: 'or it could pass for another' },
    { part: "!'()*", encoded: '%21%27%28%29%2A', why: 'reserved, though encodeURIComponent lets them be' },
    { part: 'a b', encoded: 'a%20b', why: 'no plus for a space' },
    { part: 'đồng', encoded: '%C4%91%E1%BB%93ng', why: 'UTF-8, upper-case hex' },
    { part: '😀', encoded: '%F0%9F%98%80', why: 'four bytes' },
    { part: '\u0000', encoded: '%00', why: 'a control character' },
  ])('$part is written $encoded: $why', ({ part, encoded }) => {
    expect(percentEncode(part)).toBe(encoded);
  });

  test('is read back as it was', () => {
    const parts = fc.string({ unit: 'grapheme' });
    fc.assert(fc.property(parts, (part) => decodeURIComponent(percentEncode(part)) === part));
  });
});

describe('an id', () => {
  test('is name, subscriber and parts, in that order', () => {
    expect(outputId('tier.upgraded', 's-17', 'gold', '/billing', 'c/1')).toBe(
      'tier.upgraded/s-17/gold/%2Fbilling/c%2F1',
    );
    expect(outputId('holiday-gift.due', 's-17', 'tet', 2027)).toBe('holiday-gift.due/s-17/tet/2027');
  });

  test('of other parts is another', () => {
    const parts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = a.length === b.length && a.every((part, at) => part === b[at]);
        return (outputId('promotions.muted', 's', ...a) === outputId('promotions.muted', 's', ...b)) === same;
      }),
    );
  });

  const ofAlo = goldenMessages.filter(({ message }) => message.source === '/alo/example');

  test.each(ofAlo)('begins with the name and the subscriber: $file', ({ message }) => {
    const [name, subscriber] = String(message.id).split('/') as [string, string];
    expect(name).toBe(outputName(message));
    expect(decodeURIComponent(subscriber)).toBe(message.subject);
  });
});

describe('an output goes to', () => {
  test.each([
    { name: 'tier.at-risk', topic: 'alo.tiers.v1' },
    { name: 'conference-gift.due', topic: 'alo.gifts.v1' },
    { name: 'greeting.due', topic: 'alo.gifts.v1' },
    { name: 'gift.cancelled', topic: 'alo.gifts.v1' },
    { name: 'gift.held', topic: 'alo.compliance.v1' },
    { name: 'suspension.skip-expired', topic: 'alo.suspensions.v1' },
    { name: 'payment-grace.granted', topic: 'alo.suspensions.v1' },
    { name: 'payment-reminder.due', topic: 'alo.suspensions.v1' },
    { name: 'service-recovery.due', topic: 'alo.care.v1' },
    { name: 'promotions.unmuted', topic: 'alo.care.v1' },
    { name: 'spend.dropped', topic: 'alo.care.v1' },
    { name: 'standing.changed', topic: 'alo.standing.v1' },
  ])('$topic: $name', ({ name, topic }) => {
    expect(topicOf({ type: `alo.${name}.v1` })).toBe(topic);
  });

  test('restricted is a held gift, and nothing else', () => {
    const restricted = outputNames.filter((name) => topicOf({ type: `alo.${name}.v1` }) === 'alo.compliance.v1');
    expect(restricted).toEqual(['gift.held']);
  });
});

describe('an output is none', () => {
  const gift = goldenMessages.find(({ file }) => file.endsWith('alo.birthday-gift.due.v1.json'))!.message;
  const valid = (message: object) => outputSchemas['alo.birthday-gift.due.v1'].safeParse(message).success;

  test.each([
    { change: {}, taken: true, why: 'it is as it was' },
    { change: { added: 1 }, taken: true, why: 'a field was added' },
    { change: { data: { ...gift.data, added: { a: 1 } } }, taken: true, why: 'a field was added to its data' },
    { change: { data: { ...gift.data, value: 0 } }, taken: false, why: 'it gives nothing' },
    { change: { data: { ...gift.data, issuer: 'dealer' } }, taken: false, why: 'it does not say which dealer' },
    { change: { data: { ...gift.data, because: undefined } }, taken: false, why: 'it does not say why' },
    { change: { data: null }, taken: false, why: 'it has no data' },
    { change: { time: '2027-02-27T02:31:07' }, taken: false, why: 'its time has no zone' },
    { change: { subject: '' }, taken: false, why: 'it is of nobody' },
  ])('taken: $taken, when $why', ({ change, taken }) => {
    expect(valid({ ...gift, ...change })).toBe(taken);
  });
});
