import { type Incoming, readLine } from '@alo/contracts';
import {
  compareUtf8,
  type Subscribers as DomainSubscribers,
  decodeFrozen,
  decodeHeader,
  emptyHeader,
  encodeFrozen,
  encodeHeader,
  type FrozenState,
  foldRecord,
  freezeState,
  type Header,
  nowAfter,
  rearm,
  settleDue,
  thawState,
} from '@alo/domain';
import type { Core, Subscribers } from '@alo/runtime';

/** The engine's version: whoever changes what the fold says raises it. */
export const engineVersion = '0.1.0';

/** The subscribers at hand, which lie frozen, as the fold knows them. */
const thawed = (subscribers: Subscribers<FrozenState>): DomainSubscribers => {
  let last: { readonly subscriber: string; readonly frozen: FrozenState } | undefined;
  return {
    state: (subscriber) => {
      const frozen = subscribers.state(subscriber);
      if (!frozen) return undefined;
      last = { subscriber, frozen };
      return thawState(frozen);
    },
    keep: (subscriber, state, dueAt) => {
      const before = last?.subscriber === subscriber ? last.frozen : undefined;
      subscribers.keep(subscriber, freezeState(state, before), dueAt);
    },
    firstDue: subscribers.firstDue,
  };
};

const views = new WeakMap<Subscribers<FrozenState>, DomainSubscribers>();

const viewOf = (subscribers: Subscribers<FrozenState>): DomainSubscribers => {
  const view = views.get(subscribers) ?? thawed(subscribers);
  views.set(subscribers, view);
  return view;
};

/** The fold, in the shape that the shell takes: here domain and runtime meet. */
export const aloCore: Core<Header, FrozenState, Incoming> = {
  version: engineVersion,
  emptyHeader,
  read: readLine,
  subscriberOf: (incoming) =>
    incoming.kind === 'event' && incoming.event.subject !== '' ? incoming.event.subject : undefined,
  nowAfter,
  settleDue: (header, subscribers, upTo, most) => settleDue(header, viewOf(subscribers), upTo, most),
  foldRecord: (header, subscribers, record) => foldRecord(header, viewOf(subscribers), record),
  rearm: (header, frozen) => {
    const state = thawState(frozen);
    const rearmed = rearm(header, state);
    return { state: rearmed.state === state ? frozen : freezeState(rearmed.state, frozen), dueAt: rearmed.dueAt };
  },
  encodeState: encodeFrozen,
  decodeState: decodeFrozen,
  encodeHeader,
  decodeHeader,
  compareSubscribers: compareUtf8,
};
