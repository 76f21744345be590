/*
 * 3. The first tier upgrade
 *
 * The policy of chapter 2 meets the event of chapter 1. A journal is all events in the order in which they count, and alo
 * folds it: one event after the other changes what is known of its subscriber, and may make alo say something.
 */
import { checkPolicy, outputName } from '@alo/contracts';
import { expect, test } from '@jest/globals';
import { charged } from '../../packages/domain/src/testing/events.ts';
import { tierUpgraded } from '../../packages/domain/src/testing/expectations.ts';
import { at, scenario } from '../../packages/domain/src/testing/scenario.ts';
import { openJournal } from './journal.ts';

const policy = `
{
  "id": "first", "version": 1, "zone": "Asia/Ho_Chi_Minh", "currency": "VND",
  "tiers": {
    "window": "month-to-date",
    "ladder": [
      { "name": "base" },
      { "name": "vip", "upgradeAt": 1000000, "retainAt": 800000 }
    ]
  }
}`;

const event = `
{
  "specversion": "1.0",
  "id": "cdr-1",
  "source": "/billing",
  "type": "alo.usage.charged.v1",
  "subject": "s-17",
  "time": "2026-08-10T09:00:00+07:00",
  "data": { "amount": 1000000, "currency": "VND", "service": "voice" }
}`;

/*
 * What comes out is a CloudEvent too. Its id says what it means, and holds no chance and no clock: the same journal gives
 * the same id, so whoever gets it twice can tell. `because` says why: which rule of which policy, what was summed from
 * when to when, what it was compared with, and which event was the cause. (`to` is the day after the last.)
 */
const upgrade = `
{
  "specversion": "1.0",
  "id": "tier.upgraded/s-17/vip/%2Fbilling/cdr-1",
  "source": "/alo/first", "type": "alo.tier.upgraded.v1", "subject": "s-17",
  "time": "2026-08-10T02:00:00Z", "datacontenttype": "application/json",
  "data": {
    "from": "base", "to": "vip", "basis": "spend",
    "because": {
      "rule": "tiers",
      "policy": { "id": "first", "version": 1, "hash": "470c12a87fa1023949097c7c8e80960417bf89c23d28529c7b0919b314b0d119" },
      "window": { "window": "month-to-date", "from": "2026-08-01", "to": "2026-09-01", "value": 1000000 },
      "threshold": 1000000,
      "cause": { "source": "/billing", "id": "cdr-1", "type": "alo.usage.charged.v1", "time": "2026-08-10T02:00:00Z" }
    }
  }
}`;

test('a charge of 1,000,000 makes a VIP, and alo says so at once', () => {
  const outputs = openJournal(policy).append(event);
  expect(outputs[0]).toEqual({ kind: 'trigger', trigger: JSON.parse(upgrade) });
});

/* Beside the trigger goes the subscriber's new standing (chapter 10). Nothing else is said. */
test('two things are said, and the second charge says nothing more', () => {
  const journal = openJournal(policy);
  const told = (text: string) =>
    journal.append(text).map((output) => (output.kind === 'trigger' ? outputName(output.trigger) : 'refusal'));
  expect(told(event)).toEqual(['tier.upgraded', 'standing.changed']);
  expect(told(event.replace('cdr-1', 'cdr-2'))).toEqual([]);
});

/*
 * From here on, stories are told in fewer words. `scenario` is such a journal, with a policy of its own: base, vip from
 * 1,000,000, gold from 3,000,000, platinum from 5,000,000 in a month. It begins on 10 August 2026 at 09:00 in Hồ Chí Minh
 * City, and all happens to subscriber s-17 unless it says otherwise. `given` is what happened before, `when` is what
 * happens now, and `then` is exactly what alo says of it (changes of standing only where the story speaks of them).
 */
test('exactly at the threshold counts, one below does not', () => {
  scenario().given(charged(999_999)).when(charged(1)).then(tierUpgraded('vip'));
  scenario().when(charged(999_999)).then();
});

test('who jumps two ranks gets one trigger, which names the tier between', () => {
  scenario()
    .when(charged(3_000_000))
    .then(tierUpgraded('gold', { from: 'base', crossed: ['vip'] }));
});

/* month-to-date is the civil month in the policy's zone: 17:00 UTC on 31 July is midnight there, and August. */
test('a month ends at local midnight', () => {
  scenario()
    .given(at('2026-07-31T23:59:59+07:00', charged(999_999)))
    .when(at('2026-08-01T00:00:00+07:00', charged(1)))
    .then();
});

/* The windows that can upgrade are those that hold today. */
test('a window that ends before today cannot upgrade', () => {
  expect(checkPolicy(JSON.parse(policy.replace('month-to-date', 'previous-month')))).toMatchObject({
    problems: [
      {
        path: 'tiers.window',
        message: 'must be a window that contains today, such as month-to-date or last-30-days; it is "previous-month"',
      },
    ],
  });
});
