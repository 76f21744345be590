import type { Reply } from '../network.ts';
import type { World } from '../world.ts';
import type { PartitionLog, Transaction, Verdict } from './partition-log.ts';

/** Whose a transaction is: another who begins under the same id has a higher epoch, and ends this one. */
export type Identity = { readonly transactionalId: string; readonly producerId: number; readonly epoch: number };

type Entry = {
  readonly producerId: number;
  epoch: number;
  open: Transaction | undefined;
  /** Decided, and its markers not written yet. */
  ending: Transaction | undefined;
  waiting: (() => void)[];
};

/** As the client shows an error of the broker. */
export const kafkaError = (type: string): Error => Object.assign(new Error(type), { type });

/** Who began last under each transactional id, and what became of its transactions. */
export const makeCoordinator = (world: World) => {
  const { scheduler, chance } = world;
  const entries = new Map<string, Entry>();
  /** Decided transactions whose markers the broker has dropped. */
  const hanging = new Set<Transaction>();
  let loses = 0;

  const entryOf = (transactionalId: string): Entry => {
    let entry = entries.get(transactionalId);
    if (!entry) {
      entry = { producerId: 100 + entries.size, epoch: -1, open: undefined, ending: undefined, waiting: [] };
      entries.set(transactionalId, entry);
    }
    return entry;
  };

  const marked = (entry: Entry, transaction: Transaction) => {
    if (entry.ending !== transaction) return;
    entry.ending = undefined;
    const woken = entry.waiting;
    entry.waiting = [];
    for (const wake of woken) wake();
  };

  const markerDelayUs = () => chance.below(chance.happens(0.05) ? 400_000 : 3000);

  /** Each partition gets its marker in its own time. */
  const writeMarkers = (entry: Entry, transaction: Transaction) => {
    let left = transaction.logs.size;
    for (const log of transaction.logs) {
      scheduler.after(markerDelayUs(), () => {
        if (entry.ending !== transaction) return;
        log.mark(transaction);
        left -= 1;
        if (left === 0) marked(entry, transaction);
      });
    }
  };

  const decide = (entry: Entry, transaction: Transaction, verdict: Verdict) => {
    transaction.verdict = verdict;
    entry.open = undefined;
    entry.ending = transaction;
    if (world.isTold) world.tell('kafka', `decides: ${verdict} of epoch ${transaction.epoch}`);
    if (loses === 0) return writeMarkers(entry, transaction);
    loses -= 1;
    if (world.isTold) world.tell('kafka', 'loses the markers of that transaction');
    hanging.add(transaction);
    marked(entry, transaction);
  };

  const whenEnded = (entry: Entry, go: () => void): void => {
    if (entry.ending) entry.waiting.push(() => whenEnded(entry, go));
    else go();
  };

  const refuses = (entry: Entry, { epoch }: Identity, reply: Reply<never>): boolean => {
    if (entry.epoch !== epoch) reply.fail(kafkaError('INVALID_PRODUCER_EPOCH'));
    return entry.epoch !== epoch;
  };

  return {
    /** Makes who asks the only one who writes under the id: what another has open is aborted first. */
    init: (transactionalId: string, reply: Reply<Identity>): void => {
      const entry = entryOf(transactionalId);
      const begin = () =>
        whenEnded(entry, () => {
          entry.epoch += 1;
          if (!entry.open) return reply.done({ transactionalId, producerId: entry.producerId, epoch: entry.epoch });
          decide(entry, entry.open, 'abort');
          begin();
        });
      begin();
    },
    add: (identity: Identity, logs: readonly PartitionLog[], reply: Reply<void>): void => {
      const entry = entryOf(identity.transactionalId);
      whenEnded(entry, () => {
        if (refuses(entry, identity, reply)) return;
        const { producerId, epoch } = identity;
        entry.open ??= { producerId, epoch, logs: new Set(), verdict: undefined };
        for (const log of logs) entry.open.logs.add(log);
        reply.done();
      });
    },
    /** The transaction to which a producer's records for a partition belong now. */
    openFor: ({ transactionalId, epoch }: Identity, log: PartitionLog): Transaction | undefined => {
      const { open, epoch: current } = entryOf(transactionalId);
      return current === epoch && open?.logs.has(log) ? open : undefined;
    },
    end: (identity: Identity, verdict: Verdict, reply: Reply<void>): void => {
      const entry = entryOf(identity.transactionalId);
      if (refuses(entry, identity, reply)) return;
      if (entry.open) {
        decide(entry, entry.open, verdict);
        reply.done();
      } else reply.fail(kafkaError('INVALID_TXN_STATE'));
    },
    /** Aborts what has been open for too long; its owner can write no more. */
    timeOut: (): void => {
      for (const entry of entries.values()) {
        if (!entry.open) continue;
        entry.epoch += 1;
        decide(entry, entry.open, 'abort');
      }
    },
    /** The broker dies right after it has decided the next transaction, and forgets to say so in the partitions. */
    loseMarkers: (): void => {
      loses += 1;
    },
    isHanging: (): boolean => hanging.size > 0,
    /** What an operator does about it: the decision stands, and is written at last. */
    writeLost: (): void => {
      loses = 0;
      for (const transaction of hanging) {
        for (const log of transaction.logs) {
          if (log.isOpen(transaction) && !log.hasUndecidedBeside(transaction)) log.mark(transaction);
        }
      }
      hanging.clear();
    },
    /** Whatever was under way is not any more, and whoever was at it is fenced. */
    forget: (): void => {
      hanging.clear();
      for (const entry of entries.values()) {
        entry.epoch += 1;
        entry.open = undefined;
        if (entry.ending) marked(entry, entry.ending);
      }
    },
    isQuiet: (): boolean => [...entries.values()].every(({ open, ending }) => !open && !ending),
  };
};

export type Coordinator = ReturnType<typeof makeCoordinator>;
