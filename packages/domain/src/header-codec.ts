import { firstInstant, lastInstant } from '@alo/contracts';
import { activatePolicy } from './active-policy.ts';
import type { Header } from './fold.ts';

/** A header as text: the policy as it was given, so that its hash stays what it is. */
export const encodeHeader = ({ now, policy, ladderBefore }: Header): string =>
  JSON.stringify({ now, policy: policy?.given, ladderBefore });

type Written = Pick<Header, 'now' | 'ladderBefore'> & { readonly policy?: unknown };

const broken = (why: string): Error => new Error(`a header cannot be read: ${why}`);

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isInstant = (now: unknown): boolean =>
  typeof now === 'number' && Number.isInteger(now) && now >= firstInstant && now <= lastInstant;

const isWritten = (json: unknown): json is Written => {
  if (typeof json !== 'object' || json === null) return false;
  const { now, ladderBefore } = json as Readonly<Record<string, unknown>>;
  const isLadder = Array.isArray(ladderBefore) && ladderBefore.every((name) => typeof name === 'string');
  return isLadder && (now === undefined || isInstant(now));
};

/** Reads what encodeHeader wrote. Throws where it is something else. */
export const decodeHeader = (text: string): Header => {
  const written = jsonOf(text);
  if (!isWritten(written)) throw broken('it is none');
  const { now, policy, ladderBefore } = written;
  if (policy === undefined) return { now, policy, ladderBefore };
  const activation = activatePolicy(policy);
  if (!activation.ok) throw broken('its policy is not one that this alo reads');
  return { now, policy: activation.policy, ladderBefore };
};
