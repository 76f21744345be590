import { type Output, outputSchemas } from '@alo/contracts';
import { aloCore, decodeState } from '@alo/domain';
import fc from 'fast-check';
import type { AnyCore } from '../../simulation/cores.ts';
import { foldJournal } from '../../simulation/reference.ts';
import { lifeOf } from '../corpus/lives.ts';
import { eventTexts } from '../corpus/messages.ts';
import { policyTexts } from '../corpus/policies.ts';
import { type Door, Fault, insist, insistTellable, makeDoor, type Outcome } from '../door.ts';
import { byteEdit, editBytes } from '../edits/byte-edits.ts';
import { editJson, jsonEdit } from '../edits/json-edits.ts';

const recordsMax = 40;
const subjects = ['s-1', 's-2'];
/** A window reaches years back, and its end is the day after: both must have years of four digits. */
const extremes = ['0030-01-01T00:00:00Z', '1900-02-28T12:00:00Z', '2500-02-28T12:00:00Z', '9990-12-31T00:00:00Z'];

/** One record of a life, changed or put in another's place; seldom at a time far from all others. */
const change = fc.record({
  record: fc.nat(recordsMax - 1),
  json: fc.array(jsonEdit, { minLength: 1, maxLength: 2 }),
  bytes: fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(byteEdit, { maxLength: 2 }) },
  ),
  golden: fc.option(fc.nat(999), { nil: undefined, freq: 3 }),
  jumpMs: fc.option(fc.constantFrom(-1, 86_400_000, 400 * 86_400_000), { nil: undefined, freq: 6 }),
});

const cases = fc.record({
  life: fc.nat(99_999),
  records: fc.integer({ min: 5, max: recordsMax }),
  policy: fc.option(fc.record({ base: fc.nat(999), edits: fc.array(jsonEdit, { maxLength: 3 }) }), { nil: undefined }),
  changes: fc.array(change, { maxLength: 12 }),
  /** All times are moved so that the life begins there. */
  from: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...extremes) },
  ),
});
type Life = typeof cases extends fc.Arbitrary<infer Case> ? Case : never;
type Written = { readonly appendedAt: number; readonly bytes: Uint8Array };

const encoder = new TextEncoder();
const asText = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** A golden message, of a subscriber who lives here. */
const goldenText = (n: number, appendedAt: number): string => {
  const message = JSON.parse(eventTexts[n % eventTexts.length] as string);
  const time = new Date(appendedAt).toISOString();
  return JSON.stringify({ ...message, subject: subjects[n % subjects.length], id: `golden-${n}`, time });
};

const changed = (
  { appendedAt, bytes }: Written,
  { golden, json, bytes: edits }: typeof change extends fc.Arbitrary<infer C> ? C : never,
): Written => {
  const text = golden === undefined ? asText(bytes) : goldenText(golden, appendedAt);
  return { appendedAt, bytes: editBytes(Buffer.from(editJson(text, json, eventTexts)), edits, [Buffer.from(text)]) };
};

const withPolicy = (life: readonly Written[], { policy }: Life): readonly Written[] => {
  const [first, ...others] = life as [Written, ...Written[]];
  if (!policy) return life;
  const text = editJson(policyTexts[policy.base % policyTexts.length] as string, policy.edits, policyTexts);
  const given = asText(first.bytes).replace(/"policy":.*$/s, () => `"policy":${text}}}`);
  return [{ ...first, bytes: encoder.encode(given) }, ...others];
};

const instantForm = /"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g;

/** As if all this had happened in another year. */
const moved = ({ appendedAt, bytes }: Written, byMs: number): Written => {
  const later = (text: string) => {
    const ms = Date.parse(text) + byMs;
    return Number.isNaN(ms) ? text : new Date(ms).toISOString();
  };
  const text = asText(bytes).replace(instantForm, (_, instant: string) => `"${later(instant)}"`);
  return { appendedAt: appendedAt + byMs, bytes: encoder.encode(text) };
};

const render = (one: Life): readonly Written[] => {
  let life = withPolicy(lifeOf(one.life, one.records), one);
  if (one.from !== undefined) {
    const byMs = Date.parse(one.from) - (life[0] as Written).appendedAt;
    life = life.map((record) => moved(record, byMs));
  }
  const written = [...life];
  for (const edit of one.changes) {
    const at = edit.record % written.length;
    const record = changed(written[at] as Written, edit);
    written[at] = { ...record, appendedAt: record.appendedAt + (edit.jumpMs ?? 0) };
  }
  return written;
};

const insistAsPromised = ({ trigger }: Extract<Output, { kind: 'trigger' }>): void => {
  const parsed = outputSchemas[trigger.type].safeParse(JSON.parse(JSON.stringify(trigger)));
  if (!parsed.success) throw new Fault(`${trigger.type} is not as its schema says: ${parsed.error.message}`);
};

const insistSound = (output: Output): void => {
  if (output.kind === 'refusal') insistTellable(output.refusal.message);
  else insistAsPromised(output);
};

const enter = (life: readonly Written[]): Outcome => {
  const journal = life.map((record, offset) => ({ ...record, offset, ahead: false }));
  const { said, states, header } = foldJournal(aloCore as unknown as AnyCore, journal);
  for (const { output } of said) insistSound(output);
  for (const { value, dueAt } of states.values()) {
    decodeState(value);
    insist(dueAt === undefined || Number.isSafeInteger(dueAt), `something falls due at ${dueAt}`);
  }
  aloCore.decodeHeader(header);
  return said.some(({ output }) => output.kind === 'trigger') ? 'taken' : 'refused';
};

/** Whatever is read must be folded without a throw, and what is said of it be what its schema promises. */
export const foldDoor: Door = makeDoor({ name: 'fold', casesPerRound: 60, cases, render, enter });
