import { type Incoming, readLine } from '@alo/contracts';
import { emptyHeader, foldRecord, nowAfter, rearm, settleDue } from './fold.ts';
import { decodeHeader, encodeHeader } from './header-codec.ts';
import { stateCodec } from './state-codec.ts';
import { compareUtf8 } from './utf8-order.ts';

/** The engine's version: whoever changes what the fold says raises it. */
export const engineVersion = '0.1.0';

/** The fold in the shape in which the shell takes it: the shell knows neither states nor rules. */
export const aloCore = {
  version: engineVersion,
  emptyHeader,
  read: readLine,
  subscriberOf: (incoming: Incoming): string | undefined =>
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
