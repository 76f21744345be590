import { type AtHand, nowhere } from '../at-hand.ts';
import type { Core, Subscribers } from '../core.ts';
import { makeDueQueue } from '../due-queue.ts';
import type { Due, States } from '../ports.ts';
import type { Progress } from './progress.ts';
import type { TornStates } from './torn-states.ts';

type Options<Header, State, Rest, Incoming> = {
  readonly core: Pick<Core<Header, State, Rest, Incoming>, 'compareSubscribers'>;
  readonly states: Pick<States, 'dueAfter'>;
  readonly atHand: AtHand<State, Rest>;
  readonly progress: Progress;
  readonly torn: TornStates;
};

/** The subscribers at hand as the fold sees them, and the queue of those for whom something falls due. */
export const makeSubscribers = <Header, State, Rest, Incoming>({
  core: { compareSubscribers },
  states,
  atHand,
  progress,
  torn,
}: Options<Header, State, Rest, Incoming>) => {
  const dueAtOf = (subscriber: string) => {
    const row = atHand.rowOf(subscriber);
    return row === nowhere ? undefined : atHand.dueIn(row);
  };

  /** After half a write the index may be too early: whoever is woken without cause is indexed anew from its state. */
  const indexAnew = ({ subscriber }: Due) => {
    const row = atHand.rowOf(subscriber);
    if (row === nowhere) return;
    const dueAt = atHand.dueIn(row);
    if (dueAt !== undefined) queue.add({ dueAt, subscriber });
    if (atHand.isChanged(row)) return;
    torn.markUnverified();
    // What stands ahead cannot be written yet, and its place is known here alone: it must not leave before its turn.
    if (torn.isAhead(subscriber)) atHand.hold(row);
    else atHand.rewrite(row);
  };

  const queue = makeDueQueue({ states, compareSubscribers, dueAtOf, onLeft: indexAnew });

  const subscribers: Subscribers<State> = {
    state: (subscriber) => {
      const row = atHand.rowOf(subscriber);
      return row === nowhere ? undefined : atHand.stateIn(row);
    },
    keep: (subscriber, state, dueAt) => {
      progress.kept(subscriber);
      const dueBefore = atHand.change(subscriber, state, dueAt);
      if (dueAt !== undefined && dueAt !== dueBefore) queue.add({ dueAt, subscriber });
    },
    firstDue: (upTo) => progress.ask(queue.first(upTo)),
  };

  /** For whom a record is in its state already: nothing is kept. */
  const unmoved: Subscribers<State> = { ...subscribers, keep: () => undefined };

  return { subscribers, unmoved, queue };
};
