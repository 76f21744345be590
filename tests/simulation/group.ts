import type { Assigned, Membership } from '../../packages/runtime/src/membership.ts';
import { askAgain, type Reply, wayUs } from './network.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

type Told = { readonly onAssigned: Assigned; readonly onCrash: (error: Error) => void };

type Member = {
  readonly process: Process;
  readonly told: Told;
  /** The last sharing out of which it knows. */
  generation: number;
  isIn: boolean;
};

const heartbeatUs = 30_000;

/**
 * Who owns which partition, as a group of consumers agrees on it: each member learns of it in its own time, and who did
 * not answer for a while is left out without knowing it.
 */
export const makeGroup = (world: World, partitions: number) => {
  const { scheduler, chance } = world;
  const members = new Map<Process, Member>();
  let generation = 0;
  let isClosed = false;

  const tell = (member: Member, shared: number, owned: readonly number[]) =>
    scheduler.after(chance.between(500, 40_000), () =>
      member.process.deliver(() => {
        if (members.get(member.process) !== member || member.generation >= shared) return;
        member.generation = shared;
        if (world.isTold) world.tell(member.process.name, `is given partitions [${owned}]`);
        member.told.onAssigned(owned);
      }),
    );

  /** Shares all partitions out among those who are there. */
  const share = () => {
    generation += 1;
    const there = [...members.values()].filter(({ isIn }) => isIn);
    if (there.length === 0) return;
    const owners = Array.from({ length: partitions }, () => chance.pick(there));
    for (const member of there) {
      tell(
        member,
        generation,
        owners.flatMap((owner, partition) => (owner === member ? [partition] : [])),
      );
    }
  };

  /** Its session has timed out: it is left out, and comes back once it runs again. */
  const expel = (process: Process, afterUs: number) =>
    scheduler.after(afterUs, () => {
      const member = members.get(process);
      if (!member?.isIn || !(process.isDead() || process.isPaused())) return;
      member.isIn = false;
      share();
      comeBack(member);
    });

  /** As soon as its next heartbeat tells it that it was left out. */
  const comeBack = (member: Member) => {
    if (member.process.isDead() || isClosed) return;
    member.process.deliver(() =>
      scheduler.after(heartbeatUs, () => {
        if (members.get(member.process) !== member || member.process.isDead() || isClosed) return;
        member.isIn = true;
        share();
      }),
    );
  };

  const confirm = (member: Member, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const abort = () => reject(new Error('it is over'));
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      const beat = async () => {
        const isMember = await askAgain(world, member.process, 'heartbeat', ({ done }: Reply<boolean>) =>
          done(member.isIn && member.generation === generation),
        ).catch(() => false);
        if (signal.aborted) return;
        if (!isMember) return scheduler.after(heartbeatUs, () => member.process.deliver(() => void beat()));
        signal.removeEventListener('abort', abort);
        resolve();
      };
      void beat();
    });

  const leave = (member: Member) => {
    if (members.get(member.process) !== member) return;
    members.delete(member.process);
    share();
  };

  return {
    join: async (process: Process, told: Told): Promise<Membership> => {
      await askAgain(world, process, 'join the group', ({ done }: Reply<void>) => {
        if (process.isDead() || isClosed) return;
        members.set(process, { process, told, generation: 0, isIn: true });
        share();
        done();
      });
      const member = members.get(process) as Member;
      return {
        confirmed: (signal) => confirm(member, signal),
        tellPosition: async () => undefined,
        leave: async () => leave(member),
      };
    },
    share,
    expel,
    /** The client of a member gives up. */
    crash: (process: Process): void => {
      const member = members.get(process);
      if (!member) return;
      scheduler.after(wayUs(world), () =>
        process.deliver(() => member.told.onCrash(new Error('the connection to the coordinator was lost'))),
      );
    },
    /** Whoever joins is let in. */
    open: (): void => {
      isClosed = false;
    },
    /** Once it is a member, none but this one is from now on; the others may not know it. */
    keepOnly: (process: Process): boolean => {
      if (!members.has(process)) return false;
      isClosed = true;
      for (const member of members.values()) member.isIn = member.process === process;
      share();
      return true;
    },
  };
};

export type Group = ReturnType<typeof makeGroup>;
