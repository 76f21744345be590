import { pathOf } from '../explain.ts';
import type { Draft } from './draft.ts';
import { ladderProblems } from './ladder.ts';
import { nameProblems } from './names.ts';
import { occasionProblems } from './occasions.ts';
import { below } from './ordered.ts';
import { type Problem, problem } from './problem.ts';
import { repetitionProblems } from './repetition.ts';
import { retentionProblems } from './retention.ts';

/** What is wrong between the parts of a policy, though each may be right alone. */
export const relationProblems = (draft: Draft): Problem[] => [
  ...ladderProblems(draft),
  ...listProblems(draft),
  ...nameProblems(draft),
  ...repetitionProblems(draft),
  ...occasionProblems(draft),
  ...protectProblems(draft),
  ...retentionProblems(draft),
];

const listsMax = 32;

const listProblems = ({ lists }: Draft): Problem[] => {
  const entries = Object.entries(lists ?? {});
  const tooMany = entries.length > listsMax;
  return [
    ...(tooMany ? [problem('lists', `must be at most ${listsMax} lists; it has ${entries.length}`)] : []),
    ...entries.flatMap(([name, list]) => rankedProblems(name, list?.ranked)),
  ];
};

type Ranked = { readonly topPpm?: unknown; readonly leavePpm?: unknown } | undefined;

const rankedProblems = (list: string, ranked: Ranked): Problem[] =>
  below(ranked?.leavePpm, ranked?.topPpm)
    ? [problem(pathOf(['lists', list, 'ranked', 'leavePpm']), 'must not be smaller than topPpm', ranked?.leavePpm)]
    : [];

const protectProblems = ({ suspension }: Draft): Problem[] =>
  (suspension?.protect ?? []).flatMap((rule, at) =>
    rule && rule.list === undefined && rule.minTier === undefined
      ? [problem(`suspension.protect[${at}]`, 'must have a list or a minTier; it has neither')]
      : [],
  );
