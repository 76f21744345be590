/*
 * 15. A policy to sign
 *
 * A policy is JSON, and those who answer for it are people of marketing and compliance. `alo policy explain` tells it in
 * sentences, with a calendar of what it will do by itself; `alo policy lint` tells what is legal in it and yet unwise.
 */
import { checkPolicy } from '@alo/contracts';
import { activatePolicy, parseMonth } from '@alo/domain';
import { expect, test } from '@jest/globals';
import { explainPolicy } from '../../services/cli/src/explain/explain.ts';
import { lintPolicy } from '../../services/cli/src/lint/lint.ts';

const policy = `
{
  "id": "first", "version": 1, "zone": "Asia/Ho_Chi_Minh", "currency": "VND",
  "tiers": {
    "window": "month-to-date",
    "ladder": [
      { "name": "base" },
      { "name": "vip", "upgradeAt": 1000000, "retainAt": 950000 }
    ],
    "review": { "every": "half-year", "day": 28, "at": "06:00", "window": "previous-month" }
  },
  "occasions": [
    { "id": "noel", "kind": "holiday", "on": "12-25", "lead": "P3D", "sendAt": "09:00", "audience": { "minTier": "vip" } }
  ]
}`;

const explained = () => {
  const activation = activatePolicy(JSON.parse(policy));
  if (!activation.ok) throw new Error('the policy is right');
  return explainPolicy(activation.policy, parseMonth('2026-11'));
};

/* Nothing is left out: each figure of the policy is in a sentence. */
test('it is told in sentences', () => {
  expect(explained().sections.map(({ title, sentences }) => [title, ...sentences])).toEqual([
    [
      'In general',
      'Days begin at midnight in Asia/Ho_Chi_Minh; amounts are in VND.',
      'A charge counts on the day on which it was made, if it becomes known within 35 days.',
      'Who has not said no is taken to consent to gifts, cards and promotions.',
    ],
    [
      'Tiers',
      'Everybody begins as base.',
      'Who has spent 1,000,000 VND or more in this month becomes vip, at that moment.',
      'On day 28 of January and July, at 06:00, it is looked who still spends enough in the month before: to keep vip ' +
        'takes 950,000 VND.',
      'Who falls short goes one tier down. Nobody goes down at any other time.',
    ],
    [
      'Gifts and cards',
      'noel, every year on 25 December. 3 days before, at 09:00, for vip and above: a greeting card.',
      'Nobody gets two for the same occasion in one year.',
    ],
  ]);
});

/* What a policy does by itself, it does on dates that are known ahead. */
test('its dates are a calendar', () => {
  expect(explained().calendar).toEqual([
    { on: '2026-12-22', at: '09:00', what: 'noel: cards for 2026-12-25' },
    { on: '2027-01-28', at: '06:00', what: 'review of tiers' },
    { on: '2027-07-28', at: '06:00', what: 'review of tiers' },
  ]);
});

/* This one can be activated, and should be thought over: three things in it will be regretted. */
test('what is unwise in it is told, with the reason', () => {
  const check = checkPolicy(JSON.parse(policy));
  if (!check.ok) throw new Error('the policy is right');
  expect(lintPolicy(check.policy).map(({ rule, path }) => `${path}: ${rule}`)).toEqual([
    'tiers.review.day: early-review',
    'tiers.ladder[1].retainAt: flapping-tier',
    'occasions[0].spread: same-hour',
  ]);
});
