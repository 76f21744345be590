import type * as z from 'zod';
import { dayMs, parseDuration } from './instant.ts';
import { type Policy, policySchema } from './policy.ts';
import { parseWindow, type Window } from './windows.ts';

/** One thing that is wrong with a policy: where, what would be right, and what stands there. */
export type Problem = { readonly path: string; readonly message: string };

export type PolicyCheck =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks a policy whole: every problem, not only the first. Never throws. */
export const checkPolicy = (json: unknown): PolicyCheck => {
  const parsed = policySchema.safeParse(json);
  const shapeProblems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(json, issue));
  const hidden = hiddenKeys(json, '');
  if (!parsed.success || hidden.length > 0) return { ok: false, problems: [...shapeProblems, ...hidden] };
  const problems = relationProblems(parsed.data);
  return problems.length === 0 ? { ok: true, policy: parsed.data } : { ok: false, problems };
};

const pathOf = (keys: readonly PropertyKey[]): string =>
  keys.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${String(key)}` : String(key)),
    '',
  );

const problemsOf = (json: unknown, issue: z.core.$ZodIssue): Problem[] => {
  const path = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not a key that alo knows' }));
  }
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], json);
  const found = value === undefined ? 'it is missing' : `it is ${short(value)}`;
  const message = issue.code === 'custom' || !/^Invalid/.test(issue.message) ? issue.message : expected(issue);
  return [{ path: path || '(policy)', message: `${message}; ${found}` }];
};

const expected = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_type') return `must be of type ${issue.expected}`;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (issue.code === 'invalid_union') return 'must be "birthday", "founding-day", "holiday" or "conference"';
  return issue.message;
};

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** JSON.parse makes `__proto__` an own key, which a copy would lose without a word. */
const hiddenKeys = (value: unknown, path: string, depth = 0): Problem[] => {
  if (typeof value !== 'object' || value === null || depth > 32) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    const own = key === '__proto__' ? [{ path: at, message: 'is not a key that alo knows' }] : [];
    return [...own, ...hiddenKeys(member, at, depth + 1)];
  });
};

const relationProblems = (policy: Policy): Problem[] => [
  ...ladderProblems(policy),
  ...nameProblems(policy),
  ...uniqueProblems(policy),
  ...occasionProblems(policy),
  ...spendProblems(policy),
];

const ladderProblems = ({ tiers }: Policy): Problem[] => {
  const problems: Problem[] = [];
  const say = (path: string, message: string) => problems.push({ path: `tiers.${path}`, message });
  tiers.ladder.forEach((rung, rank) => {
    const path = `ladder[${rank}]`;
    const below = tiers.ladder[rank - 1];
    if (rank === 0) {
      if (rung.upgradeAt !== undefined)
        say(`${path}.upgradeAt`, 'must be missing: the first tier is the base, which has no threshold');
      if (rung.retainAt !== undefined)
        say(`${path}.retainAt`, 'must be missing: the first tier is the base, which has no threshold');
      return;
    }
    if (rung.upgradeAt === undefined)
      say(`${path}.upgradeAt`, 'must be there: only the base has no threshold; it is missing');
    if (rung.retainAt === undefined)
      say(`${path}.retainAt`, 'must be there: only the base has no threshold; it is missing');
    if ((rung.retainAt ?? 0) > (rung.upgradeAt ?? 0)) {
      say(`${path}.retainAt`, `must not be more than upgradeAt (${rung.upgradeAt}); it is ${rung.retainAt}`);
    }
    if (below?.upgradeAt !== undefined && rung.upgradeAt !== undefined && rung.upgradeAt <= below.upgradeAt) {
      say(
        `${path}.upgradeAt`,
        `must be more than that of the tier below (${below.upgradeAt}); it is ${rung.upgradeAt}`,
      );
    }
  });
  if (tiers.warn && !tiers.review) say('warn', 'needs a review to warn of');
  return problems;
};

const nameProblems = (policy: Policy): Problem[] => {
  const tierNames = policy.tiers.ladder.map(({ name }) => name);
  const listNames = Object.keys(policy.lists ?? {});
  const tier = (path: string, name: string | undefined): Problem[] =>
    name === undefined || tierNames.includes(name)
      ? []
      : [{ path, message: `must be a tier of the ladder (${tierNames.join(', ')}); it is "${name}"` }];
  const list = (path: string, name: string | undefined): Problem[] =>
    name === undefined || listNames.includes(name)
      ? []
      : [
          {
            path,
            message: `must be a list of this policy (${listNames.join(', ') || 'it has none'}); it is "${name}"`,
          },
        ];
  return [
    ...Object.entries(policy.lists ?? {}).flatMap(([name, { floor }]) => tier(`lists.${name}.floor`, floor)),
    ...(policy.occasions ?? []).flatMap(({ audience }, i) => [
      ...tier(`occasions[${i}].audience.minTier`, audience?.minTier),
      ...(audience?.lists ?? []).flatMap((name, j) => list(`occasions[${i}].audience.lists[${j}]`, name)),
    ]),
    ...(policy.suspension?.protect ?? []).flatMap((rule, i) => [
      ...list(`suspension.protect[${i}].list`, rule.list),
      ...tier(`suspension.protect[${i}].minTier`, rule.minTier),
    ]),
    ...(policy.suspension?.grace ?? []).flatMap((rule, i) => tier(`suspension.grace[${i}].minTier`, rule.minTier)),
    ...tier('suspension.remindMinTier', policy.suspension?.remindMinTier),
    ...(policy.quality ?? []).flatMap((rule, i) => tier(`quality[${i}].minTier`, rule.minTier)),
    ...tier('promotions.muteFrom', policy.promotions?.muteFrom),
    ...(policy.retention ?? []).flatMap((rule, i) => tier(`retention[${i}].minTier`, rule.minTier)),
  ];
};

const repeated = (path: string, values: readonly (string | number)[], suffix = ''): Problem[] =>
  values.flatMap((value, i) =>
    values.indexOf(value) === i
      ? []
      : [{ path: `${path}[${i}]${suffix}`, message: `must not be there twice; it is ${JSON.stringify(value)}` }],
  );

const uniqueProblems = (policy: Policy): Problem[] => [
  ...repeated(
    'tiers.ladder',
    policy.tiers.ladder.map(({ name }) => name),
    '.name',
  ),
  ...repeated('tiers.warn', policy.tiers.warn ?? []),
  ...repeated(
    'occasions',
    (policy.occasions ?? []).map(({ id }) => id),
    '.id',
  ),
  ...repeated(
    'quality',
    (policy.quality ?? []).map(({ id }) => id),
    '.id',
  ),
  ...repeated(
    'alerts',
    (policy.alerts ?? []).map(({ id }) => id),
    '.id',
  ),
  ...(policy.alerts ?? []).flatMap(({ at }, i) => repeated(`alerts[${i}].at`, at)),
  ...repeated(
    'retention',
    (policy.retention ?? []).map(({ id }) => id),
    '.id',
  ),
  ...repeated('suspension.remind', policy.suspension?.remind ?? []),
  ...(Object.keys(policy.lists ?? {}).length > 32 ? [{ path: 'lists', message: 'must be at most 32 lists' }] : []),
];

const occasionProblems = ({ occasions = [] }: Policy): Problem[] =>
  occasions.flatMap((occasion, i) => {
    const path = `occasions[${i}]`;
    const problems: Problem[] = [];
    if (occasion.kind === 'birthday' && occasion.feb29 === undefined) {
      problems.push({
        path: `${path}.feb29`,
        message: 'must be "feb28" or "mar1": when those born on 29 February are greeted; it is missing',
      });
    }
    const [hours, minutes] = occasion.sendAt.split(':').map(Number) as [number, number];
    if ((hours * 60 + minutes) * 60_000 + parseDuration(occasion.spread) > dayMs) {
      problems.push({
        path: `${path}.spread`,
        message: `must end within the day of sendAt ${occasion.sendAt}; it is ${occasion.spread}`,
      });
    }
    if (parseDuration(occasion.spread) % 1000 !== 0)
      problems.push({ path: `${path}.spread`, message: 'must be whole seconds' });
    occasion.gift?.bands.forEach((band, j, bands) => {
      const below = bands[j - 1];
      if (below && band.from <= below.from) {
        problems.push({
          path: `${path}.gift.bands[${j}].from`,
          message: `must be more than that of the band below (${below.from}); it is ${band.from}`,
        });
      }
    });
    return problems;
  });

const monthsOf = (window: Window | undefined): number =>
  window === undefined || window.kind === 'last-days' ? 3 : window.kind === 'year-to-date' ? 12 : window.months;

/** State keeps 26 months: what a rule compares must lie within them. */
const spendProblems = ({ retention = [] }: Policy): Problem[] =>
  retention.flatMap(({ window, of }, i) =>
    monthsOf(parseWindow(window)) + monthsOf(parseWindow(of)) <= 24
      ? []
      : [
          {
            path: `retention[${i}].of`,
            message: `must together with window reach back at most 24 months; it is "${of}" before "${window}"`,
          },
        ],
  );
