import { dayMs, type Output, outputSchemas, type Trigger } from '@alo/contracts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isMeasured } from './admission/admission.ts';
import { decodeState, encodeState } from './state-codec.ts';
import { ticked } from './testing/events.ts';
import { floorTold, followed, nothingTold, type ToldOf } from './testing/follow-life.ts';
import { type LifeRecord, type Lived, live, lives, recordOf, subjects } from './testing/lives.ts';
import { atBase } from './tiers/tier-state.ts';

const runs = { numRuns: 80 };
const picks = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 });

const triggersOf = (outputs: readonly Output[]): readonly Trigger[] =>
  outputs.flatMap((output) => (output.kind === 'trigger' ? [output.trigger] : []));

/** Puts records behind others of a life; those behind the same one keep their order. */
const withInserted = (records: readonly LifeRecord[], inserted: readonly { after: number; record: LifeRecord }[]) =>
  records.flatMap((record, n) => [record, ...inserted.filter(({ after }) => after === n).map((one) => one.record)]);

/** May the same event, at a later record's now, be a duplicate and nothing else? */
const countsOnce = (lived: readonly Lived[], at: number, later: number): boolean => {
  const { record, folded } = lived[at] as Lived;
  const { event } = record.incoming;
  if (folded.outcome.kind !== 'taken' || event.subject === '') return false;
  const latenessMs = 35 * dayMs;
  if (isMeasured(event) && (lived[later] as Lived).now - event.occurredAt > latenessMs) return false;
  return lived.slice(0, later + 1).every(({ record: { incoming }, folded: { outcome } }) => {
    const isErasure = incoming.event.name === 'subscriber.erased' && outcome.kind === 'taken';
    return !isErasure || incoming.event.subject !== event.subject;
  });
};

test('duplicates that come after the original, within the lateness, change nothing', () => {
  fc.assert(
    fc.property(lives, picks, (records, picked) => {
      const { lived, said } = live(records);
      const inserted = picked.flatMap(([a, b]) => {
        const at = a % records.length;
        const later = at + (b % (records.length - at));
        const record = { ...(records[at] as LifeRecord), appendedAt: (lived[later] as Lived).now };
        return countsOnce(lived, at, later) ? [{ after: later, record }] : [];
      });
      const again = live(withInserted(records, inserted));
      expect(again.said).toBe(said);
      expect(again.lived.filter(({ folded }) => folded.outcome.kind === 'duplicate').length).toBeGreaterThanOrEqual(
        inserted.length,
      );
    }),
    runs,
  );
});

test('ticks no later than the next record change nothing', () => {
  fc.assert(
    fc.property(lives, picks, (records, picked) => {
      const { lived, said } = live(records);
      const inserted = picked
        .map(([a, b]) => {
          const after = a % (records.length - 1);
          const [from, to] = [(lived[after] as Lived).now, (lived[after + 1] as Lived).now];
          return { after, record: recordOf(ticked(), 't', from + (b % (to - from + 1))) };
        })
        .toSorted((a, b) => a.record.appendedAt - b.record.appendedAt);
      expect(live(withInserted(records, inserted)).said).toBe(said);
    }),
    runs,
  );
});

test("a subscriber's outputs do not depend on who else is in the partition", () => {
  fc.assert(
    fc.property(lives, (records) => {
      const { lived, outputs } = live(records);
      const end = recordOf(ticked(), 't', (lived.at(-1) as Lived).now);
      for (const subject of subjects) {
        const alone = lived
          .filter(({ record }) => ['', subject].includes(record.incoming.event.subject))
          .map(({ record, now }) => ({ ...record, appendedAt: now }));
        const own = triggersOf(outputs).filter((trigger) => trigger.subject === subject);
        expect(JSON.stringify(triggersOf(live([...alone, end]).outputs))).toBe(JSON.stringify(own));
      }
    }),
    runs,
  );
});

/** A request of who was erased is answered each time, for a tombstone remembers no ids. */
const isOfErased = ({ type, data }: Trigger) =>
  type === 'alo.suspension.allowed.v1' && ['closed', 'never-skip'].includes(data.reason);

test('a replay says the same, byte for byte, and no id comes twice', () => {
  fc.assert(
    fc.property(lives, (records) => {
      const { outputs, said } = live(records);
      expect(live(records).said).toBe(said);
      const ids = triggersOf(outputs)
        .filter((trigger) => !isOfErased(trigger))
        .map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)]);
    }),
    runs,
  );
});

test('a state that was packed and read back at every step says the same', () => {
  fc.assert(
    fc.property(lives, (records) => {
      const { said } = live(records);
      expect(live(records, { stored: (state) => decodeState(encodeState(state)) }).said).toBe(said);
    }),
    runs,
  );
});

test('every output is as its published schema says, and has no field besides', () => {
  fc.assert(
    fc.property(lives, (records) => {
      for (const trigger of triggersOf(live(records).outputs)) {
        expect(outputSchemas[trigger.type].parse(trigger)).toEqual(trigger);
      }
    }),
    runs,
  );
});

test('promotions.muted and unmuted alternate, and a tier change begins where the last one ended', () => {
  fc.assert(
    fc.property(lives, (records) => {
      const told = new Map<string, ToldOf>();
      for (const trigger of triggersOf(live(records).outputs)) {
        const before = told.get(trigger.subject) ?? nothingTold;
        if (trigger.type === 'alo.promotions.muted.v1') expect(before.promotionsMuted).toBe(false);
        if (trigger.type === 'alo.promotions.unmuted.v1') expect(before.promotionsMuted).toBe(true);
        if (trigger.type === 'alo.tier.upgraded.v1' || trigger.type === 'alo.tier.downgraded.v1') {
          expect(trigger.data.from).toBe(before.tier);
        }
        told.set(trigger.subject, followed(before, trigger));
      }
    }),
    runs,
  );
});

test('standing equals what the triggers add up to', () => {
  fc.assert(
    fc.property(lives, (records) => {
      const told = new Map<string, ToldOf>();
      const stood = new Map<string, ToldOf>();
      for (const { folded } of live(records).lived) {
        for (const trigger of triggersOf(folded.outputs)) {
          told.set(trigger.subject, followed(told.get(trigger.subject) ?? nothingTold, trigger));
          if (trigger.type !== 'alo.standing.changed.v1' || trigger.data === null) continue;
          const { tier, promotionsMuted } = trigger.data;
          stood.set(trigger.subject, { tier, promotionsMuted });
        }
        for (const [subject, added] of told) {
          expect(stood.get(subject) ?? nothingTold).toEqual(added);
        }
      }
    }),
    runs,
  );
});

test('the effective tier is the computed one or the highest valid floor: never below either, never above both', () => {
  fc.assert(
    fc.property(lives, (records) => {
      const soFar: Lived[] = [];
      live(records, {
        look: (lived, { state, subscribers }) => {
          soFar.push(lived);
          for (const subject of subscribers().filter((one) => state(one)?.phase === 'open')) {
            const { computed, effective } = state(subject)?.tier ?? atBase;
            expect(effective).toBe(Math.max(computed, floorTold(soFar, subject, lived.now)));
          }
        },
      });
    }),
    runs,
  );
});
