import type { Instant, Output } from '@alo/contracts';
import type { Due } from './ports.ts';

/** A record after it was read once, at the door. */
export type ReadRecord<Incoming> = {
  readonly incoming: Incoming;
  readonly appendedAt: Instant;
  readonly ahead: boolean;
};

/** The subscribers at hand while a step is folded. */
export type Subscribers<State> = {
  readonly state: (subscriber: string) => State | undefined;
  readonly keep: (subscriber: string, state: State, dueAt: Instant | undefined) => void;
  readonly firstDue: (upTo: Instant) => Due | undefined;
};

export type Outcome =
  | { readonly kind: 'taken' | 'duplicate' | 'refused' | 'none' | 'activated' }
  | { readonly kind: 'stopped'; readonly why: string };

/** What the shell asks of the fold, which it takes as an argument: it knows neither states nor rules. */
export type Core<Header, State, Incoming> = {
  /** Two engines of one version say the same. */
  readonly version: string;
  readonly emptyHeader: Header;
  readonly read: (bytes: Uint8Array) => Incoming;
  /** Whose state the record needs; undefined where it needs none. */
  readonly subscriberOf: (incoming: Incoming) => string | undefined;
  readonly nowAfter: (header: Header, record: ReadRecord<Incoming>) => Instant | undefined;
  readonly settleDue: (
    header: Header,
    subscribers: Subscribers<State>,
    upTo: Instant,
    most: number,
  ) => { readonly outputs: readonly Output[]; readonly settled: number };
  readonly foldRecord: (
    header: Header,
    subscribers: Subscribers<State>,
    record: ReadRecord<Incoming>,
  ) => { readonly header: Header; readonly outputs: readonly Output[]; readonly outcome: Outcome };
  readonly rearm: (header: Header, state: State) => { readonly state: State; readonly dueAt: Instant | undefined };
  readonly encodeState: (state: State) => Uint8Array;
  readonly decodeState: (bytes: Uint8Array) => State;
  readonly encodeHeader: (header: Header) => string;
  readonly decodeHeader: (text: string) => Header;
  readonly compareSubscribers: (a: string, b: string) => number;
};
