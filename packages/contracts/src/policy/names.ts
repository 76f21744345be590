import { pathOf, printable } from '../explain.ts';
import type { Draft } from './draft.ts';
import { type Problem, problem } from './problem.ts';

type Mention = { readonly path: string; readonly name: unknown };

/** Every tier and list that a policy speaks of must be one of its own. */
export const nameProblems = (draft: Draft): Problem[] => {
  const tiers = (draft.tiers?.ladder ?? []).map((rung) => rung?.name).filter((name) => typeof name === 'string');
  const lists = Object.keys(draft.lists ?? {});
  return [
    ...(tiers.length === 0 ? [] : unknownNames(tierMentions(draft), tiers, 'a tier of the ladder')),
    ...(draft.lists === null ? [] : unknownNames(listMentions(draft), lists, 'a list of this policy')),
  ];
};

/** As much of the names as helps whoever has misspelt one. */
const namesLengthMax = 1000;

const unknownNames = (mentions: readonly Mention[], names: readonly string[], what: string): Problem[] => {
  const known = printable(names.join(', '), namesLengthMax) || 'it has none';
  return mentions
    .filter(({ name }) => typeof name === 'string' && !names.includes(name))
    .map(({ path, name }) => problem(path, `must be ${what} (${known})`, name));
};

const tierMentions = ({ lists, occasions, suspension, quality, promotions, retention }: Draft): Mention[] => [
  ...Object.entries(lists ?? {}).map(([name, list]) => ({ path: pathOf(['lists', name, 'floor']), name: list?.floor })),
  ...minTiers(
    'occasions',
    occasions?.map((occasion) => occasion?.audience),
    'audience.minTier',
  ),
  ...minTiers('suspension.protect', suspension?.protect),
  ...minTiers('suspension.grace', suspension?.grace),
  { path: 'suspension.remindMinTier', name: suspension?.remindMinTier },
  ...minTiers('quality', quality),
  { path: 'promotions.muteFrom', name: promotions?.muteFrom },
  ...minTiers('retention', retention),
];

type WithMinTier = { readonly minTier?: unknown } | undefined;

const minTiers = (section: string, rules: readonly WithMinTier[] | undefined, member = 'minTier'): Mention[] =>
  (rules ?? []).map((rule, at) => ({ path: `${section}[${at}].${member}`, name: rule?.minTier }));

const listMentions = ({ occasions, suspension }: Draft): Mention[] => [
  ...(occasions ?? []).flatMap((occasion, i) =>
    (occasion?.audience?.lists ?? []).map((name, j) => ({ path: `occasions[${i}].audience.lists[${j}]`, name })),
  ),
  ...(suspension?.protect ?? []).map((rule, at) => ({ path: `suspension.protect[${at}].list`, name: rule?.list })),
];
