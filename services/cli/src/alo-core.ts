import { type Incoming, readLine } from '@alo/contracts';
import {
  compareUtf8,
  decodeHeader,
  emptyHeader,
  encodeHeader,
  foldRecord,
  type Header,
  nowAfter,
  rearm,
  type State,
  type StateRest,
  settleDue,
  stateCodec,
} from '@alo/domain';
import type { Core } from '@alo/runtime';

/** The engine's version: whoever changes what the fold says raises it. */
export const engineVersion = '0.1.0';

/** The fold, in the shape that the shell takes: here domain and runtime meet. */
export const aloCore: Core<Header, State, StateRest, Incoming> = {
  version: engineVersion,
  emptyHeader,
  read: readLine,
  subscriberOf: (incoming) =>
    incoming.kind === 'event' && incoming.event.subject !== '' ? incoming.event.subject : undefined,
  nowAfter,
  settleDue,
  foldRecord,
  rearm,
  states: stateCodec,
  encodeHeader,
  decodeHeader,
  compareSubscribers: compareUtf8,
};
