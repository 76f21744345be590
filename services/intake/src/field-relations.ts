import { type Problem, pathOf, problem } from '@alo/contracts';
import { makeShape, rawOf } from './field-shape.ts';
import type { FieldDraft, OriginDraft } from './intake-draft.ts';
import { fieldSource } from './intake-schema.ts';
import { compilePattern, patternFault, type TimePart } from './local-time.ts';
import type { TargetKind } from './targets.ts';

/** A place in intake.json. */
export type Path = readonly PropertyKey[];

const at = (path: Path, ...more: PropertyKey[]): string => pathOf([...path, ...more]);

const originNames = ['pointer', 'header', 'attribute', 'key', 'timestamp', 'constant'] as const;

const originProblems = (path: Path, origin: OriginDraft & Pick<FieldDraft, 'join'>, mayJoin: boolean): Problem[] => {
  const names = mayJoin ? [...originNames, 'join' as const] : originNames;
  const given = names.filter((name) => origin[name] !== undefined);
  if (given.length === 1) return [];
  const has = given.length === 0 ? 'none' : given.join(' and ');
  return [problem(at(path), `must say once where it comes from (${names.join(', ')}); it has ${has}`)];
};

const attributeProblems = (path: Path, origin: OriginDraft, format: unknown): Problem[] =>
  origin.attribute !== undefined && format === 'json'
    ? [problem(at(path, 'attribute'), 'must not be there: plain JSON has no attributes, so use pointer')]
    : [];

const joinProblems = (path: Path, { join = [] }: FieldDraft, format: unknown): Problem[] =>
  join.flatMap((part, n) => {
    const place = [...path, 'join', n];
    return part ? [...originProblems(place, part, false), ...attributeProblems(place, part, format)] : [];
  });

/** Which options a field of that kind may have. */
const optionsOf: Readonly<Record<TargetKind, readonly (keyof FieldDraft)[]>> = {
  text: ['hash', 'words', 'join'],
  amount: ['factor'],
  instant: ['format', 'zone'],
  date: ['format'],
  'month-day': ['format'],
  flag: ['words'],
  'as-it-is': [],
};

const kindWords: Readonly<Record<TargetKind, string>> = {
  text: 'a text',
  amount: 'an amount',
  instant: 'an instant',
  date: 'a date',
  'month-day': 'a month and day',
  flag: 'true or false',
  'as-it-is': 'taken as it is',
};

const optionNames = ['hash', 'factor', 'words', 'format', 'zone', 'join'] as const;

const optionProblems = (path: Path, field: FieldDraft, kind: TargetKind): Problem[] => {
  const misplaced = optionNames.filter((name) => field[name] !== undefined && !optionsOf[kind].includes(name));
  if (misplaced.length > 0) {
    return misplaced.map((name) => problem(at(path, name), `must not be there: the field is ${kindWords[kind]}`));
  }
  if (field.hash === true && field.words !== undefined) {
    return [problem(at(path, 'words'), 'must not be there: what is hashed is not read')];
  }
  return wordProblems(path, field.words, kind === 'flag' ? 'boolean' : 'string');
};

const wordProblems = (path: Path, words: unknown, type: 'boolean' | 'string'): Problem[] =>
  Object.entries(typeof words === 'object' && words !== null ? words : {})
    .filter(([, meaning]) => typeof meaning !== type)
    .map(([word, meaning]) =>
      problem(at(path, 'words', word), type === 'boolean' ? 'must be true or false' : 'must be a text', meaning),
    );

/** A constant that cannot be what the field holds would refuse every record. */
const constantProblems = (path: Path, field: FieldDraft, kind: TargetKind): Problem[] => {
  const { constant, ...options } = fieldSource.safeParse(field).data ?? {};
  if (constant === undefined) return [];
  const reading = makeShape(kind, options)(rawOf(constant));
  return reading.kind === 'fault' ? [problem(at(path, 'constant'), reading.fault, constant)] : [];
};

const partsNeeded: Readonly<Partial<Record<TargetKind, readonly TimePart[]>>> = {
  instant: ['year', 'month', 'day', 'hour', 'minute'],
  date: ['year', 'month', 'day'],
  'month-day': ['month', 'day'],
};

const letterOf: Readonly<Record<TimePart, string>> = {
  year: 'yyyy',
  month: 'MM',
  day: 'dd',
  hour: 'HH',
  minute: 'mm',
  second: 'ss',
  fraction: 'SSS',
};

/** How instants may be written where no clock's pattern is given. */
export const namedFormats = ['rfc3339', 'epoch-ms', 'epoch-s'];

const patternProblems = (path: Path, pattern: string, kind: TargetKind): Problem[] => {
  const fault = patternFault(pattern);
  if (fault !== undefined) return [problem(at(path, 'format'), fault, pattern)];
  const { parts } = compilePattern(pattern);
  const missing = (partsNeeded[kind] ?? []).filter((part) => !parts.includes(part)).map((part) => letterOf[part]);
  return missing.length > 0 ? [problem(at(path, 'format'), `must have ${missing.join(', ')}`, pattern)] : [];
};

const formatProblems = (path: Path, { format, zone }: FieldDraft, kind: TargetKind): Problem[] => {
  if (!(kind in partsNeeded)) return [];
  const isPattern = typeof format === 'string' && !(kind === 'instant' && namedFormats.includes(format));
  const problems = isPattern ? patternProblems(path, format, kind) : [];
  if (kind !== 'instant') return problems;
  if (isPattern && zone === undefined) {
    return [...problems, problem(at(path, 'zone'), 'must be set, for a local time is none without; it is missing')];
  }
  if (!isPattern && zone !== undefined && typeof format !== 'object') {
    return [...problems, problem(at(path, 'zone'), 'must not be there: only a local time has one')];
  }
  return problems;
};

/** What is wrong between the parts of one field, though each may be right alone. */
export const fieldProblems = (path: Path, field: FieldDraft, kind: TargetKind, format: unknown): Problem[] => {
  const problems = [
    ...originProblems(path, field, true),
    ...attributeProblems(path, field, format),
    ...joinProblems(path, field, format),
    ...optionProblems(path, field, kind),
    ...formatProblems(path, field, kind),
  ];
  return problems.length > 0 ? problems : constantProblems(path, field, kind);
};
