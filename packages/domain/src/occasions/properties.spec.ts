import { type Output, parseInstant, type Trigger } from '@alo/contracts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { occasionsToldBy } from '../testing/follow-occasions.ts';
import { lifeCap } from '../testing/life-policy.ts';
import { type LifeRecord, type Lived, live, lives, livesWithGifts, subjects } from '../testing/lives.ts';

const runs = { numRuns: 150 };
const allLives = fc.oneof(lives, livesWithGifts, livesWithGifts);

const isGiftDue = ({ type }: Trigger) => type.endsWith('-gift.due.v1');
const isHeld = ({ type }: Trigger) => type === 'alo.gift.held.v1';
const isCard = ({ type }: Trigger) => type === 'alo.greeting.due.v1';

const triggersIn = (outputs: readonly Output[], subject: string): readonly Trigger[] =>
  outputs.flatMap((output) =>
    output.kind === 'trigger' && output.trigger.subject === subject ? [output.trigger] : [],
  );

const zoneOf = ([first]: readonly LifeRecord[]): string => {
  const event = first?.incoming.event;
  return event?.name === 'policy.activated' ? String(event.data.policy.zone) : '';
};

/** Occasion and year: the last two parts of an id. */
const keyOf = ({ id }: Trigger) => id.split('/').slice(-2).join('/');
const isOfDue = ({ data }: Trigger) => data !== null && 'due' in data.because.cause;

test('one gift or card comes for each occasion and year, and what is held goes out once at most', () => {
  fc.assert(
    fc.property(allLives, (records) => {
      const { outputs } = live(records);
      for (const subject of subjects) {
        const triggers = triggersIn(outputs, subject);
        const first = triggers.filter(
          (trigger) => isCard(trigger) || isHeld(trigger) || (isGiftDue(trigger) && isOfDue(trigger)),
        );
        expect(first.map(keyOf)).toEqual([...new Set(first.map(keyOf))]);
        const released = triggers.filter((trigger) => isGiftDue(trigger) && !isOfDue(trigger)).map(keyOf);
        expect(released).toEqual([...new Set(released)]);
        for (const key of released) expect(first.filter(isHeld).map(keyOf)).toContain(key);
      }
    }),
    runs,
  );
});

test('everything that is due comes at its own instant, once, and nothing else; it is held for who is on such a list', () => {
  fc.assert(
    fc.property(allLives, (records) => {
      const { lived, outputs } = live(records);
      for (const subject of subjects) {
        const expected = occasionsToldBy(lived, subject, zoneOf(records)).toSorted();
        const told = triggersIn(outputs, subject)
          .filter((trigger) => isCard(trigger) || isHeld(trigger) || (isGiftDue(trigger) && isOfDue(trigger)))
          .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
        expect(told.map((trigger) => `${keyOf(trigger)} at ${parseInstant(trigger.time)}`)).toEqual(
          expected.map((one) => one.replace(/,.*/, '')),
        );
        for (const [n, trigger] of told.entries()) {
          if (!isCard(trigger)) expect(isHeld(trigger)).toBe(expected[n]?.endsWith('held or a card'));
        }
      }
    }),
    runs,
  );
});

/** Which gifts count against the cap, as somebody counts them who hears of gifts and of their acknowledgements. */
const counted = (lived: readonly Lived[], subject: string, check: (sum: number) => void): void => {
  const values = new Map<string, number>();
  for (const { record, folded } of lived) {
    const { event } = record.incoming;
    const isTaken = event.subject === subject && folded.outcome.kind === 'taken';
    for (const trigger of triggersIn(folded.outputs, subject)) {
      if (!isHeld(trigger) && !(isGiftDue(trigger) && isOfDue(trigger))) continue;
      values.set(trigger.id, (trigger.data as { value: number }).value);
      check([...values.values()].reduce((sum, value) => sum + value, 0));
    }
    if (isTaken && event.name === 'subscriber.opened') {
      for (const { occasion, year, value } of event.data.gifts ?? []) values.set(`opened ${occasion}/${year}`, value);
    }
    const isBack = isTaken && event.name === 'trigger.acknowledged' && /failed|declined/.test(event.data.outcome);
    if (isBack) values.delete(event.data.triggerId);
  }
};

test('gifts never pass the cap of their year', () => {
  fc.assert(
    fc.property(allLives, (records) => {
      const { lived } = live(records);
      for (const subject of subjects) counted(lived, subject, (sum) => expect(sum).toBeLessThanOrEqual(lifeCap));
    }),
    runs,
  );
});

test('what is cancelled was said, was not acknowledged, and is cancelled once, before its day has ended', () => {
  fc.assert(
    fc.property(allLives, (records) => {
      const { lived } = live(records);
      for (const subject of subjects) {
        const open = new Map<string, Trigger>();
        for (const { record, folded } of lived) {
          const { event } = record.incoming;
          if (event.subject === subject && folded.outcome.kind === 'taken' && event.name === 'trigger.acknowledged') {
            open.delete(event.data.triggerId);
          }
          for (const trigger of triggersIn(folded.outputs, subject)) {
            if (isGiftDue(trigger)) open.set(trigger.id, trigger);
            if (trigger.type !== 'alo.gift.cancelled.v1') continue;
            const said = [...open.values()].find((one) => keyOf(one) === keyOf(trigger));
            expect(said?.data).toMatchObject({ value: trigger.data.value, occursOn: trigger.data.occursOn });
            expect(trigger.time < String(said?.expirytime)).toBe(true);
            open.delete(String(said?.id));
          }
        }
      }
    }),
    runs,
  );
});

test('lives have all of it: gifts, cards, what is held, released, cut by the cap and cancelled', () => {
  const seen = new Set<string>();
  for (const records of fc.sample(allLives, { numRuns: 300, seed: 1 })) {
    for (const output of live(records).outputs) {
      if (output.kind === 'refusal') continue;
      const { trigger } = output;
      if (isGiftDue(trigger)) seen.add(isOfDue(trigger) ? trigger.type : 'released');
      if (isGiftDue(trigger) && (trigger.data as { value: number }).value % 100_000 !== 0) seen.add('cut');
      if (isCard(trigger) || isHeld(trigger) || trigger.type === 'alo.gift.cancelled.v1') seen.add(trigger.type);
    }
  }
  expect([...seen].toSorted()).toEqual([
    'alo.birthday-gift.due.v1',
    'alo.conference-gift.due.v1',
    'alo.founding-day-gift.due.v1',
    'alo.gift.cancelled.v1',
    'alo.gift.held.v1',
    'alo.greeting.due.v1',
    'alo.holiday-gift.due.v1',
    'cut',
    'released',
  ]);
});
