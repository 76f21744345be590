import type { Core, StateCodec } from '../core.ts';
import type { Applied, Change, States } from '../ports.ts';
import { readable } from './readable.ts';
import type { TornStates } from './torn-states.ts';

const rearmPieceMax = 2000;

type Options<Header> = {
  readonly header: Header;
  /** The last subscriber that is done already; empty before the first. */
  readonly from: string;
  readonly states: Pick<States, 'scan' | 'apply'>;
  readonly torn: TornStates;
  /** R, with the last subscriber that is done; without one where all are. */
  readonly appliedNow: (rearmedUpTo: string | undefined) => Applied;
};

/** A whole state from, and to, what a store holds. */
const decodeState = <State, Rest>(codec: StateCodec<State, Rest>, value: Uint8Array): State => {
  const { hot, rest } = codec.decode(value);
  return codec.thaw(Buffer.from(hot.buffer, hot.byteOffset, hot.length), 0, hot.length, rest);
};

const encodeState = <State, Rest>(codec: StateCodec<State, Rest>, state: State): Uint8Array => {
  const hot = Buffer.allocUnsafe(codec.hotBytesMax(state));
  return Uint8Array.from(codec.encode(hot, 0, codec.writeHot(state, hot, 0), codec.restOf(state, undefined)));
};

/** After an activation every subscriber in the store is re-armed, in bounded pieces, with a mark in R after each. */
export const rearmAll = async <Header, State, Rest, Incoming>(
  core: Core<Header, State, Rest, Incoming>,
  { header, from, states, torn, appliedNow }: Options<Header>,
): Promise<void> => {
  const rearmed = ({ subscriber, value, dueAt, standsAt }: Change): Change | undefined => {
    if (torn.meet(subscriber, { standsAt })) return undefined;
    const state = readable(() => decodeState(core.states, value));
    const after = core.rearm(header, subscriber, state);
    if (after.state === state && after.dueAt === dueAt) return undefined;
    return {
      subscriber,
      value: after.state === state ? value : encodeState(core.states, after.state),
      dueAt: after.dueAt,
    };
  };
  for (let after: string | undefined = from; after !== undefined; ) {
    const found = await states.scan(after, rearmPieceMax);
    after = found.length < rearmPieceMax ? undefined : found.at(-1)?.subscriber;
    const changes = found.map(rearmed).filter((change) => change !== undefined);
    await states.apply(changes, appliedNow(after));
  }
};
