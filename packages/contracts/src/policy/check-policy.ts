import type * as z from 'zod';
import { explain, foundAt, pathOf } from '../explain.ts';
import { draftOf } from './draft.ts';
import { type Policy, policySchema } from './policy.ts';
import { type Problem, problem } from './problem.ts';
import { relationProblems } from './relations.ts';

export type PolicyCheck =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks a policy whole: every problem, not only the first, one for each place. Never throws. */
export const checkPolicy = (json: unknown): PolicyCheck => {
  const parsed = policySchema.safeParse(json);
  const shapeProblems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(json, issue));
  const problems = onePerPath([...shapeProblems, ...relationProblems(draftOf(json))]);
  return parsed.success && problems.length === 0 ? { ok: true, policy: parsed.data } : { ok: false, problems };
};

const problemsOf = (json: unknown, issue: z.core.$ZodIssue): Problem[] => {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem(pathOf([...issue.path, key]), 'is not a key that alo knows'));
  }
  return [problem(pathOf(issue.path) || '(policy)', explain(issue), foundAt(json, issue))];
};

/** What is said first of a place is the plainest; the rest follows from it. */
const onePerPath = (problems: readonly Problem[]): Problem[] => {
  const first = new Map<string, Problem>();
  for (const item of problems) if (!first.has(item.path)) first.set(item.path, item);
  return [...first.values()];
};
