import { explain, foundAt, topics as ownTopics, type Problem, pathOf, problem } from '@alo/contracts';
import type * as z from 'zod';
import { fieldProblems, type Path } from './field-relations.ts';
import { type TopicDraft, topicDraftsOf } from './intake-draft.ts';
import { type IntakeConfig, intakeSchema } from './intake-schema.ts';
import { type CarriedType, isCarried, kindOfTarget, neededTargets } from './targets.ts';

export type IntakeCheck =
  | { readonly ok: true; readonly config: IntakeConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks an intake.json whole: every problem, not only the first, one for each place. Never throws. */
export const checkIntake = (json: unknown): IntakeCheck => {
  const parsed = intakeSchema.safeParse(json);
  const shapes = parsed.success ? [] : parsed.error.issues.flatMap((issue) => shapeProblems(json, issue));
  const relations = topicDraftsOf(json).flatMap(([name, topic]) => topicProblems(['topics', name], name, topic));
  const problems = onePerPath([...shapes, ...relations]);
  return parsed.success && problems.length === 0 ? { ok: true, config: parsed.data } : { ok: false, problems };
};

const shapeProblems = (json: unknown, issue: z.core.$ZodIssue): Problem[] => {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem(pathOf([...issue.path, key]), 'is not a key that intake knows'));
  }
  return [problem(pathOf(issue.path) || '(intake)', explain(issue), foundAt(json, issue))];
};

const onePerPath = (problems: readonly Problem[]): Problem[] => {
  const first = new Map<string, Problem>();
  for (const item of problems) if (!first.has(item.path)) first.set(item.path, item);
  return [...first.values()];
};

const topicProblems = (path: Path, name: string, topic: TopicDraft): Problem[] => {
  const types = (topic.types ?? []).filter(isCarried);
  return [
    ...nameProblems(path, name),
    ...repeatedTypes(path, topic),
    ...mappingProblems(path, topic, types),
    ...(topic.format === 'json' ? missingProblems(path, topic, types) : []),
  ];
};

const nameProblems = (path: Path, name: string): Problem[] =>
  (Object.values(ownTopics) as string[]).includes(name)
    ? [problem(pathOf(path), 'must be a topic of your own systems; this one is written by alo')]
    : [];

const repeatedTypes = (path: Path, { types = [] }: TopicDraft): Problem[] =>
  types.flatMap((type, at) =>
    types.indexOf(type) < at ? [problem(pathOf([...path, 'types', at]), 'must not be there twice', type)] : [],
  );

const mappingProblems = (path: Path, { format, subject, fields = {} }: TopicDraft, types: readonly CarriedType[]) => [
  ...(subject ? fieldProblems([...path, 'subject'], subject, 'text', format) : []),
  ...Object.entries(fields).flatMap(([target, field]): Problem[] => {
    const place = [...path, 'fields', target];
    const kind = kindOfTarget(target, types);
    if (kind === undefined) return types.length === 0 ? [] : [unknownTarget(place, target)];
    return field ? [...fieldProblems(place, field, kind, format), ...typeProblems(place, target, field, types)] : [];
  }),
];

const unknownTarget = (path: Path, target: string): Problem => {
  if (target === 'subject') return problem(pathOf(path), 'must stand beside fields, not within');
  return problem(pathOf(path), 'must be type, source, id, time or a field that the data of these types has');
};

/** A type that is written in the mapping itself must be one that the topic may carry. */
const typeProblems = (
  path: Path,
  target: string,
  { constant, words }: { readonly constant?: unknown; readonly words?: unknown },
  types: readonly CarriedType[],
): Problem[] => {
  if (target !== 'type') return [];
  const isOdd = (type: unknown) => !types.includes(type as CarriedType);
  const said = typeof words === 'object' && words !== null ? Object.entries(words) : [];
  return [
    ...(constant !== undefined && isOdd(constant) ? [['constant', constant] as const] : []),
    ...said.filter(([, type]) => isOdd(type)).map(([word, type]) => [`words.${word}`, type] as const),
  ].map(([name, type]) => problem(`${pathOf(path)}.${name}`, `must be one of types (${types.join(', ')})`, type));
};

/** Plain JSON has nothing but what is mapped. */
const missingProblems = (
  path: Path,
  { subject, fields = {} }: TopicDraft,
  types: readonly CarriedType[],
): Problem[] => {
  const needed = new Map<string, string>([['time', 'every event']]);
  if (types.length > 1) needed.set('type', 'a topic of several types');
  for (const type of types) {
    for (const target of neededTargets(type)) if (!needed.has(target)) needed.set(target, type);
  }
  const missing = [...needed].filter(([target]) => !Object.hasOwn(fields, target));
  return [
    ...(subject === undefined
      ? [problem(pathOf([...path, 'subject']), 'must say who the subscriber is; it is missing')]
      : []),
    ...missing.map(([target, who]) =>
      problem(pathOf([...path, 'fields', target]), `must say where it comes from: ${who} needs it; it is missing`),
    ),
  ];
};
