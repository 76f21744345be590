import { type Incoming, type Instant, type Output, printable, type Refusal } from '@alo/contracts';
import { type ActivePolicy, activatePolicy, rankUnder } from './active-policy.ts';
import { policyRefusal, timeRefusal } from './admission/admission.ts';
import { decideDue, decideEvent } from './decide.ts';
import { nextDue } from './due-items.ts';
import type { Due, State } from './state.ts';
import { atBase } from './tiers/tier-state.ts';

/** What a partition knows besides its subscribers. */
export type Header = {
  /** The running maximum of the append times; undefined before the first. */
  readonly now: Instant | undefined;
  readonly policy: ActivePolicy | undefined;
  /** The ladder before the last activation, by which ranks were meant until every subscriber is re-armed. */
  readonly ladderBefore: readonly string[];
};

export const emptyHeader: Header = { now: undefined, policy: undefined, ladderBefore: [] };

/** A record of the journal, read; `ahead` where its time is too far past now to be believed. */
export type Record = { readonly incoming: Incoming; readonly appendedAt: Instant; readonly ahead: boolean };

/** The subscribers of a partition, as far as they are at hand. */
export type Subscribers = {
  readonly state: (subscriber: string) => State | undefined;
  readonly keep: (subscriber: string, state: State, dueAt: Instant | undefined) => void;
  /** The first that falls due up to an instant, in order of (due instant, subscriber by UTF-8 bytes). */
  readonly firstDue: (upTo: Instant) => Due | undefined;
};

/** What came of a record. */
export type Outcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'none' }
  /** A policy took effect: every subscriber is to be re-armed before the next record. */
  | { readonly kind: 'activated' }
  /** The partition cannot go on: why. */
  | { readonly kind: 'stopped'; readonly why: string };

export type Folded = { readonly header: Header; readonly outputs: readonly Output[]; readonly outcome: Outcome };

/** The partition's now once a record is there: append times never take it back. */
export const nowAfter = ({ now }: Header, { incoming, appendedAt, ahead }: Record): Instant | undefined => {
  if (incoming.kind === 'unreadable' || incoming.kind === 'empty' || ahead) return now;
  return now === undefined ? appendedAt : Math.max(now, appendedAt);
};

/** Folds one record: due before new. */
export const fold = (header: Header, subscribers: Subscribers, record: Record): Folded => {
  const now = nowAfter(header, record);
  const due = now === undefined ? [] : settleDue(header, subscribers, now, Number.POSITIVE_INFINITY).outputs;
  const folded = foldRecord(header, subscribers, record);
  return due.length === 0 ? folded : { ...folded, outputs: [...due, ...folded.outputs] };
};

/** Decides what has fallen due up to an instant, in order, but no more than so many due instants. */
export const settleDue = (
  { policy }: Header,
  subscribers: Subscribers,
  upTo: Instant,
  most: number,
): { readonly outputs: readonly Output[]; readonly settled: number } => {
  const outputs: Output[] = [];
  let settled = 0;
  for (let due = subscribers.firstDue(upTo); due && settled < most; due = subscribers.firstDue(upTo)) {
    settleOne(policy as ActivePolicy, subscribers, due, outputs);
    settled += 1;
  }
  return { outputs, settled };
};

const settleOne = (policy: ActivePolicy, subscribers: Subscribers, due: Due, outputs: Output[]): void => {
  const { subscriber, dueAt: at } = due;
  const decision = decideDue(subscribers.state(subscriber) as State, { subscriber, policy, at });
  subscribers.keep(subscriber, decision.state, decision.dueAt);
  for (const trigger of decision.triggers) outputs.push({ kind: 'trigger', trigger });
};

/** Folds one record before which all that was due is settled. */
export const foldRecord = (header: Header, subscribers: Subscribers, record: Record): Folded => {
  const { incoming } = record;
  const now = nowAfter(header, record);
  const moved = now === header.now ? header : { ...header, now };
  if (incoming.kind === 'empty') return { header, outputs: [], outcome: { kind: 'none' } };
  if (incoming.kind !== 'event') return refuse(moved, incoming.refusal);
  if (incoming.event.name === 'policy.activated') return activate(moved, record);
  const policy = moved.policy;
  if (!policy || now === undefined) return refuse(moved, { code: 'STATE', message: 'no policy is active yet' });
  if (incoming.event.name === 'time.ticked') {
    const refusal = timeRefusal(incoming.event, policy, now, record.ahead);
    return refusal ? refuse(moved, refusal) : { header: moved, outputs: [], outcome: { kind: 'taken' } };
  }
  const subscriber = incoming.event.subject;
  const { event } = incoming;
  const result = decideEvent(subscribers.state(subscriber), event, {
    subscriber,
    policy,
    at: now,
    ahead: record.ahead,
  });
  if (result.kind === 'refused') return refuse(moved, result.refusal);
  if (result.kind === 'duplicate') return { header: moved, outputs: [], outcome: { kind: 'duplicate' } };
  const { state, triggers, dueAt } = result.decision;
  subscribers.keep(subscriber, state, dueAt);
  return { header: moved, outputs: triggers.map(asOutput), outcome: { kind: 'taken' } };
};

const asOutput = (trigger: Extract<Output, { kind: 'trigger' }>['trigger']): Output => ({ kind: 'trigger', trigger });

const refuse = (header: Header, refusal: Refusal): Folded => ({
  header,
  outputs: [{ kind: 'refusal', refusal }],
  outcome: { kind: 'refused' },
});

/** Takes a policy that is newer than the running one; changes no tier by itself. */
const activate = (header: Header, { incoming, ahead }: Record): Folded => {
  if (incoming.kind !== 'event' || incoming.event.name !== 'policy.activated') throw new Error('not an activation');
  const given = incoming.event.data.policy;
  const running = header.policy;
  const wrong =
    policyRefusal(given) ??
    (running && header.now !== undefined && timeRefusal(incoming.event, running, header.now, ahead));
  if (wrong) return refuse(header, wrong);
  const activation = activatePolicy(given);
  if (!activation.ok) throw new Error('a policy that was checked is wrong');
  const policy = activation.policy;
  const verdict = running ? verdictOn(policy, running) : { kind: 'newer' as const };
  if (verdict.kind === 'refused') return refuse(header, { code: 'STATE', message: verdict.why });
  if (verdict.kind === 'stopped') return { header, outputs: [], outcome: verdict };
  if (verdict.kind === 'older') return { header, outputs: [], outcome: { kind: 'taken' } };
  const ladderBefore = running?.ladder.map(({ name }) => name) ?? [];
  return { header: { ...header, policy, ladderBefore }, outputs: [], outcome: { kind: 'activated' } };
};

type Verdict =
  | { readonly kind: 'newer' }
  | { readonly kind: 'older' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'stopped'; readonly why: string };

/** May this policy follow the running one? */
export const verdictOn = (policy: ActivePolicy, running: ActivePolicy): Verdict => {
  const { id, version, hash } = policy.name;
  if (id !== running.name.id) {
    return { kind: 'refused', why: `this journal runs policy ${printable(running.name.id)}, not ${printable(id)}` };
  }
  if (version === running.name.version && hash !== running.name.hash) {
    const why = `policy ${printable(id)} version ${version} is running with hash ${running.name.hash}; the same version came with hash ${hash}`;
    return { kind: 'stopped', why };
  }
  if (version <= running.name.version) return { kind: 'older' };
  for (const key of ['zone', 'currency'] as const) {
    if (policy.policy[key] === running.policy[key]) continue;
    const why = `${key} of policy ${printable(id)} can never change: it is ${running.policy[key]}, not ${policy.policy[key]}`;
    return { kind: 'refused', why };
  }
  return { kind: 'newer' };
};

/** What an activation leaves of a subscriber: tiers that are gone mapped, what falls due anew. */
export const rearm = (
  header: Header,
  subscriber: string,
  state: State,
): { readonly state: State; readonly dueAt: Instant | undefined } => {
  const policy = header.policy as ActivePolicy;
  const tier = state.tier ?? atBase;
  const computed = rankUnder(policy, header.ladderBefore, tier.computed);
  const effective = rankUnder(policy, header.ladderBefore, tier.effective);
  const isSame = computed === tier.computed && effective === tier.effective;
  const isGone = computed === 0 && effective === 0;
  const failures = policy.ladder[computed]?.name === header.ladderBefore[tier.computed] ? tier.failures : 0;
  const rearmed =
    isSame && failures === tier.failures
      ? state
      : { ...state, tier: isGone ? undefined : { ...tier, computed, effective, failures } };
  return { state: rearmed, dueAt: nextDue(rearmed, policy, header.now as Instant, subscriber) };
};
