import { WrongUse } from '@alo/runtime';

/** Waits for all checks, and rejects with one WrongUse that tells what every one of them found wrong. */
export const everyProblem = async <Checks extends readonly Promise<unknown>[]>(
  checks: readonly [...Checks],
): Promise<{ [Check in keyof Checks]: Awaited<Checks[Check]> }> => {
  const results = await Promise.allSettled(checks);
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const unexpected = reasons.find((reason) => !(reason instanceof WrongUse));
  if (unexpected) throw unexpected;
  if (reasons.length > 0) throw new WrongUse(reasons.map(({ message }) => message).join('\n'));
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as never;
};
