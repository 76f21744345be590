/*
 * 12. Adding a rule
 *
 * A rule is a pure function. It reads a moment: one subscriber before the cause, as the rules before it have left it, the
 * policy, the cause, and the instant. It answers with another state, with triggers, with both, or with nothing. It waits
 * for nobody, asks no clock, and knows no other subscriber. So it can be tried by calling it.
 *
 * This chapter makes a toy rule: a card for whoever is charged 500,000 or more at once. CONTRIBUTING.md says where a real
 * one goes. The toy says `greeting.due`, for which there is a schema; a new trigger would need one of its own.
 */
import { outputSchemas, readText } from '@alo/contracts';
import { activatePolicy } from '@alo/domain';
import { expect, test } from '@jest/globals';
import { formatDay } from '../../packages/domain/src/calendar/civil-date.ts';
import { type Moment, makeTrigger, type Rule } from '../../packages/domain/src/moment.ts';
import { unknownSubscriber } from '../../packages/domain/src/state.ts';
import { policy } from '../../packages/domain/src/testing/policies.ts';

const bigChargeMinor = 500_000;

/** A card for a large charge. Its id names the day, and so a second one of that day would have the same id. */
const bigChargeRule: Rule = (moment) => {
  const { cause, today } = moment;
  if (cause.kind !== 'event' || cause.event.name !== 'usage.charged') return undefined;
  if (cause.event.data.amount < bigChargeMinor) return undefined;
  const occursOn = formatDay(today);
  const data = { occasion: 'big-charge', occursOn };
  return { triggers: [makeTrigger(moment, 'greeting.due', { rule: 'big-charge' }, ['big-charge', occursOn], data)] };
};

/*
 * `makeTrigger` fills in what all triggers have: the id from its parts, the source from the policy, the time of the moment,
 * and `because`. The compiler checks the data against the schema of that trigger.
 *
 * A moment for a test: somebody of whom nothing is known is charged. (In alo, `decide.ts` makes moments.)
 */
const momentOf = (amount: number): Moment => {
  const activation = activatePolicy(policy());
  const incoming = readText(`{
    "specversion": "1.0", "id": "cdr-1", "source": "/billing", "type": "alo.usage.charged.v1", "subject": "s-17",
    "time": "2026-08-10T09:00:00+07:00",
    "data": { "amount": ${amount}, "currency": "VND", "service": "voice" }
  }`);
  if (!activation.ok || incoming.kind !== 'event') throw new Error('a policy and an event are wanted');
  const at = incoming.time;
  return {
    subscriber: 's-17',
    policy: activation.policy,
    cause: { kind: 'event', event: incoming.event },
    at,
    today: activation.policy.calendar.dayOf(at),
    before: unknownSubscriber,
    state: unknownSubscriber,
    change: undefined,
  };
};

/* Thresholds are tables, with a word on why each line is there. */
test.each([
  { amount: 499_999, cards: 0, why: 'one below' },
  { amount: 500_000, cards: 1, why: 'exactly at the threshold' },
  { amount: 5_000_000, cards: 1, why: 'far above' },
])('a charge of $amount brings $cards: $why', ({ amount, cards }) => {
  expect(bigChargeRule(momentOf(amount))?.triggers ?? []).toHaveLength(cards);
});

test('what it says is as its schema wants it, and its id says what it means', () => {
  const [card] = bigChargeRule(momentOf(500_000))?.triggers ?? [];
  expect(outputSchemas['alo.greeting.due.v1'].parse(card)).toEqual(card);
  expect(card?.id).toBe('greeting.due/s-17/big-charge/2026-08-10');
});

/* A rule that has nothing to say answers with nothing, and leaves the state to the others. */
test('it keeps silent about everything else', () => {
  const moment = momentOf(500_000);
  const due = { ...moment, cause: { kind: 'due', due: 'review', at: moment.at } } as const;
  expect(bigChargeRule(due)).toBeUndefined();
});

/*
 * What is missing to make it real: a line in `rules.ts`, in the place that the order of outputs gives it; a section of the
 * policy in place of `bigChargeMinor`; and a mark in the state, or a second large charge on one day would say the same card
 * again.
 */
