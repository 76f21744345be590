import { activatePolicy } from './active-policy.ts';
import type { Header } from './fold.ts';

/** A header as text: the policy as it was given, so that its hash stays what it is. */
export const encodeHeader = ({ now, policy, ladderBefore }: Header): string =>
  JSON.stringify({ now, policy: policy?.given, ladderBefore });

/** Reads what encodeHeader wrote. Throws where it is something else. */
export const decodeHeader = (text: string): Header => {
  const { now, policy, ladderBefore } = JSON.parse(text);
  if (policy === undefined) return { now, policy: undefined, ladderBefore };
  const activation = activatePolicy(policy);
  if (!activation.ok) throw new Error('the stored policy is not one that this alo reads');
  return { now, policy: activation.policy, ladderBefore };
};
