import { pathOf, readText, shown } from '@alo/contracts';
import fc from 'fast-check';
import { eventTexts } from '../corpus/messages.ts';
import { type Door, Fault, insistTellable, makeDoor, type Outcome } from '../door.ts';
import { editJson } from '../edits/json-edits.ts';
import { oddKeys, oddName } from '../edits/odd-texts.ts';

const place = fc.nat(9999);
const kind = <Kind extends string>(wanted: Kind) => fc.constant(wanted);

/** One thing is wrong at most, so that it must be this one that is told. */
const oneEdit = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: kind('put'), place, odd: oddName }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('remove'), place }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('rename'), place, key: fc.constantFrom(...oddKeys) }) },
);

type Path = readonly PropertyKey[];

/** No field that has a name lies deeper. */
const levelsMax = 8;

const fieldsOf = (json: unknown, path: Path = []): [Path, unknown][] => {
  const isWhole = typeof json === 'object' && json !== null && path.length < levelsMax;
  const members = isWhole ? Object.entries(json) : [];
  const key = (name: string): PropertyKey => (Array.isArray(json) ? Number(name) : name);
  return [[path, json], ...members.flatMap(([name, member]) => fieldsOf(member, [...path, key(name)]))];
};

const names = (message: string, path: Path): boolean => message.startsWith(`${pathOf(path) || 'the event'} `);

/** The field that is named, and what stands there; or one that is missing, or has a key that must not be. */
const isNamedIn = (message: string, json: unknown): boolean => {
  const fields = fieldsOf(json);
  if (fields.some(([path, value]) => names(message, path) && message.endsWith(`: ${shown(value)}`))) return true;
  if (fields.some(([path]) => names(message, path) && message.endsWith(`: ${shown(path.at(-1))}`))) return true;
  return /^[\w.[\]]+ must .*: missing$/.test(message);
};

/** Said of the whole, in words of its own. */
const ownWords = /^(type .* is not one that alo knows|data must not nest more than 128 levels)$/;

const enter = (text: string): Outcome => {
  const incoming = readText(text);
  if (incoming.kind === 'event') return 'taken';
  if (incoming.kind === 'empty') return 'refused';
  const { message } = incoming.refusal;
  insistTellable(message);
  if (message.startsWith('the line is not JSON: ') || ownWords.test(message)) return 'refused';
  if (!isNamedIn(message, JSON.parse(text))) throw new Fault(`a reason names no field with its value: ${message}`);
  return 'refused';
};

export const eventFieldDoor: Door = makeDoor({
  name: 'event-fields',
  casesPerRound: 1500,
  cases: fc.record({ base: fc.nat(999), edit: oneEdit }),
  render: ({ base, edit }) => editJson(eventTexts[base % eventTexts.length] as string, [edit], eventTexts),
  enter,
});
