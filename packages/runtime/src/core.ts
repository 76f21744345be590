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

/**
 * How a state lies in memory and in a store, in two parts: the hot one, bytes that change with every event, and the
 * rest, a value that changes seldom and that many subscribers share.
 */
export type StateCodec<State, Rest> = {
  /** No more bytes than this are written for the state. */
  readonly hotBytesMax: (state: State) => number;
  /** Writes the hot part into a buffer from a place on, and tells where it ends. */
  readonly writeHot: (state: State, into: Buffer, from: number) => number;
  /** The rest of a state; what it was `before` where that has not changed. */
  readonly restOf: (state: State, before: Rest | undefined) => Rest;
  /** About how much memory a rest takes. */
  readonly restBytes: (rest: Rest | undefined) => number;
  /** Is nothing left of the subscriber but a tombstone? */
  readonly isErased: (rest: Rest) => boolean;
  readonly thaw: (hot: Buffer, from: number, to: number, rest: Rest) => State;
  /** Both parts, as a store holds them, in bytes that hold until the next are asked for. */
  readonly encode: (hot: Buffer, from: number, to: number, rest: Rest) => Uint8Array;
  readonly decode: (value: Uint8Array) => { readonly hot: Uint8Array; readonly rest: Rest };
};

/** What the shell asks of the fold, which it takes as an argument: it knows neither states nor rules. */
export type Core<Header, State, Rest, Incoming> = {
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
  readonly rearm: (
    header: Header,
    subscriber: string,
    state: State,
  ) => { readonly state: State; readonly dueAt: Instant | undefined };
  readonly states: StateCodec<State, Rest>;
  readonly encodeHeader: (header: Header) => string;
  readonly decodeHeader: (text: string) => Header;
  readonly compareSubscribers: (a: string, b: string) => number;
};
