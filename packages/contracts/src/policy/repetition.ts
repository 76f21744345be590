import { parseDuration } from '../instant.ts';
import type { Draft } from './draft.ts';
import { parseSignedDuration } from './policy-text.ts';
import { type Problem, problem } from './problem.ts';

/** Each value that was there before; `meant` says when two values are the same. */
const repeated = (
  values: readonly unknown[] | undefined,
  placeOf: (at: number) => string,
  meant: (value: string) => unknown = String,
): Problem[] => {
  const seen = new Set<unknown>();
  return (values ?? []).flatMap((value, at) => {
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const meaning = meant(String(value));
    const isRepeated = seen.has(meaning);
    seen.add(meaning);
    return isRepeated ? [problem(placeOf(at), 'must not be there twice', value)] : [];
  });
};

const repeatedIds = (section: 'occasions' | 'quality' | 'alerts' | 'retention', draft: Draft): Problem[] =>
  repeated(
    draft[section]?.map((item) => item?.id),
    (at) => `${section}[${at}].id`,
  );

/** What may be named or said once only: a second time it would contradict the first, or say nothing. */
export const repetitionProblems = (draft: Draft): Problem[] => [
  ...repeated(
    draft.tiers?.ladder?.map((rung) => rung?.name),
    (at) => `tiers.ladder[${at}].name`,
  ),
  ...repeated(draft.tiers?.warn, (at) => `tiers.warn[${at}]`, parseDuration),
  ...repeatedIds('occasions', draft),
  ...repeated(
    draft.suspension?.grace?.map((rule) => rule?.minTier),
    (at) => `suspension.grace[${at}].minTier`,
  ),
  ...repeated(draft.suspension?.remind, (at) => `suspension.remind[${at}]`, parseSignedDuration),
  ...repeatedIds('quality', draft),
  ...repeatedIds('alerts', draft),
  ...(draft.alerts ?? []).flatMap((alert, i) => repeated(alert?.at, (at) => `alerts[${i}].at[${at}]`)),
  ...repeatedIds('retention', draft),
];
