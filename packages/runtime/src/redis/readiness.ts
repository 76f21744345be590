import { InfrastructureError } from '../errors.ts';

/** Whether Redis can be used, and if not, why, in one sentence. */
export type RedisState = { readonly kind: 'ready' } | { readonly kind: 'waiting'; readonly why: string };

const isSame = (a: RedisState, b: RedisState): boolean =>
  a.kind === 'ready' || b.kind === 'ready' ? a.kind === b.kind : a.why === b.why;

/** Whether Redis can be used: told whenever that changes, and waited for until it is closed. */
export const makeReadiness = (first: RedisState, onState: (state: RedisState) => void) => {
  const waiting = new Set<() => void>();
  let state = first;
  let closedWhy: string | undefined;

  const wake = () => {
    for (const go of [...waiting]) go();
  };

  const settle = () => {
    if (closedWhy !== undefined) throw new InfrastructureError(closedWhy);
    if (state.kind === 'waiting') throw new InfrastructureError(state.why);
  };

  const woken = (withinMs: number | undefined) =>
    new Promise<void>((resolve) => {
      const timer = withinMs === undefined ? undefined : setTimeout(() => go(), withinMs);
      const go = () => {
        waiting.delete(go);
        clearTimeout(timer);
        resolve();
      };
      waiting.add(go);
    });

  return {
    state: (): RedisState => (closedWhy === undefined ? state : { kind: 'waiting', why: closedWhy }),
    become: (next: RedisState): void => {
      if (closedWhy !== undefined || isSame(state, next)) return;
      state = next;
      onState(state);
      if (state.kind === 'ready') wake();
    },
    /** Rejects with InfrastructureError once closed, or after a time if one is given. */
    whenReady: async (withinMs?: number): Promise<void> => {
      if (closedWhy === undefined && state.kind === 'waiting') await woken(withinMs);
      settle();
    },
    close: (why: string): void => {
      closedWhy ??= why;
      wake();
    },
  };
};
