import type { Plan } from './plan.ts';

/** A smaller plan, or none where nothing can be left out that way. */
type Smaller = (plan: Plan) => Plan | undefined;

const calm: Smaller = (plan) => {
  const { trouble } = plan;
  const still = { ...trouble, lost: 0, unanswered: 0, late: 0, slow: 0, moved: 0 };
  return JSON.stringify(still) === JSON.stringify(trouble) ? undefined : { ...plan, trouble: still };
};

const atOnce: Smaller = (plan) =>
  plan.trouble.instant === 1 ? undefined : { ...plan, trouble: { ...plan.trouble, instant: 1 } };

const alone: Smaller = (plan) => (plan.engines === 1 ? undefined : { ...plan, engines: plan.engines - 1 });

const without = <Item>(items: readonly Item[], from: number, many: number): readonly Item[] => [
  ...items.slice(0, from),
  ...items.slice(from + many),
];

/** Leaves out stretches of a list, long ones first, as long as the plan still fails. */
export const thinned = async <Item>(
  items: readonly Item[],
  first: number,
  fails: (items: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> => {
  let left = items;
  for (let many = Math.max(1, left.length >> 1); many >= 1; many >>= 1) {
    for (let from = first; from < left.length; ) {
      const fewer = without(left, from, many);
      if (await fails(fewer)) left = fewer;
      else from += many;
    }
  }
  return left;
};

/** A plan with as little in it as is needed for it to fail; the first record, the policy, stays. */
export const shrunk = async (plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> => {
  let smallest = plan;
  const keep = async (smaller: Plan | undefined) => {
    if (smaller && (await fails(smaller))) smallest = smaller;
  };
  for (const smaller of [calm, alone, alone]) await keep(smaller(smallest));
  for (let round = 0; round < 2; round += 1) {
    const faults = await thinned(smallest.faults, 0, (fewer) => fails({ ...smallest, faults: fewer }));
    smallest = { ...smallest, faults };
    const records = await thinned(smallest.records, 1, (fewer) => fails({ ...smallest, records: fewer }));
    smallest = { ...smallest, records };
    await keep(atOnce(smallest));
  }
  return smallest;
};

/** A plan in words. */
export const shownPlan = ({ faults, records, trouble, bounds, versions, engines }: Plan): string =>
  [
    `engines ${engines}, versions ${versions}, trouble ${JSON.stringify(trouble)}`,
    ...bounds.map((bound) => `bounds ${JSON.stringify(bound)}`),
    ...records.map(
      ({ atUs, appendedAt, bytes }) => `record ${atUs / 1000} ms, appended at ${appendedAt}: ${Buffer.from(bytes)}`,
    ),
    ...faults.map(({ atUs, kind }) => `fault  ${atUs / 1000} ms: ${kind}`),
  ].join('\n');
