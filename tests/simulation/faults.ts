import type { Fleet } from './fleet.ts';
import type { Group } from './group.ts';
import type { Causes } from './judge.ts';
import type { Broker } from './kafka/broker.ts';
import type { PartitionLog } from './kafka/partition-log.ts';
import type { PlannedFault } from './plan.ts';
import { type Process, stages } from './process.ts';
import type { RedisServer } from './redis/server.ts';
import type { World } from './world.ts';

export type Struck = {
  readonly world: World;
  readonly fleet: Fleet;
  readonly group: Group;
  readonly broker: Broker;
  readonly redis: RedisServer;
  readonly causes: Causes;
  readonly partitions: number;
  /** The log went back: what engines were told of it since is void. */
  readonly onLogGoneBack: () => void;
  /** Redis went back: whoever recovers may have less before it than when it began. */
  readonly onStatesGoneBack: () => void;
  /** The journal is about to lose records of which something was said. */
  readonly onJournalCut: () => void;
};

const callsMax = 80;
const recoveryCallsMax = 30;

/** Soon most of the time, and at times long after. */
const callsFor = ({ much }: PlannedFault): number => 1 + Math.floor(much ** 2 * callsMax);
const recoveryCallsFor = ({ much }: PlannedFault): number => 1 + Math.floor(much * recoveryCallsMax);
const stageFor = ({ how }: PlannedFault) => stages[Math.floor(how * stages.length)] as (typeof stages)[number];

type Strike = (struck: Struck, fault: PlannedFault) => void;

/** As long as that others may take over, and longer. */
const pause = ({ world, group }: Struck, process: Process): void => {
  process.pause(world.chance.between(10_000, 500_000));
  group.expel(process, world.chance.between(5000, 60_000));
};

const restartRedis =
  (isTorn: boolean): Strike =>
  ({ redis, onStatesGoneBack }, { much, how }) => {
    const some = Math.floor(much ** 2 * 12);
    const lost = isTorn ? redis.keyspace.lastOfMany(1 + (some >> 1)) : some;
    const torn = { writes: Math.floor(how * 1000), when: how < 0.5 ? ('now' as const) : ('next' as const) };
    redis.restart({ lost, torn: isTorn ? torn : undefined });
    onStatesGoneBack();
    redis.cut();
  };

/** Waits for a moment in which no transaction is under way. */
const onceQuiet =
  (then: Strike): Strike =>
  (struck, fault) => {
    const { world, broker, fleet } = struck;
    const look = () => {
      if (fleet.isClosed()) return;
      const isQuiet = broker.coordinator.isQuiet() && broker.logs().every((log) => log.stable() === log.end());
      if (isQuiet) then(struck, fault);
      else world.scheduler.after(700, look);
    };
    look();
  };

/** A copy of all disks, and all begun again from it some time later. */
const fromOldCopy: Strike = onceQuiet((struck, { how, much }) => {
  const copies = struck.broker.logs().map((log) => log.copied());
  struck.world.scheduler.after(5000 + Math.floor(much * how * 400_000), () => goBack(struck, copies));
});

const goBack = ({ world, fleet, broker, causes, onLogGoneBack }: Struck, copies: readonly (() => void)[]) => {
  if (causes.disaster || fleet.isClosed()) return;
  causes.disaster = 'kafka-old-copy';
  if (world.isTold) world.tell('kafka', 'starts again from an older copy');
  fleet.killAll();
  broker.coordinator.forget();
  for (const restore of copies) restore();
  onLogGoneBack();
};

const everywhere = ({ broker, partitions }: Struck, pick: (of: Broker) => (partition: number) => PartitionLog) =>
  Array.from({ length: partitions }, (_, partition) => pick(broker)(partition));

const strikes: Readonly<Record<PlannedFault['kind'], Strike>> = {
  kill: ({ fleet }, fault) => {
    const { slot, engine } = fleet.at(fault.whom);
    engine.process.arm(callsFor(fault), stageFor(fault), () => fleet.kill(slot, engine));
  },
  'kill-recovering': ({ fleet }, fault) =>
    fleet.onRecovering((engine, slot) =>
      engine.process.arm(recoveryCallsFor(fault), stageFor(fault), () => fleet.kill(slot, engine)),
    ),
  pause: (struck, fault) => {
    const { process } = struck.fleet.at(fault.whom).engine;
    process.arm(callsFor(fault), stageFor(fault), () => pause(struck, process));
  },
  'pause-recovering': (struck, fault) =>
    struck.fleet.onRecovering(({ process }) =>
      process.arm(recoveryCallsFor(fault), stageFor(fault), () => pause(struck, process)),
    ),
  stop: ({ fleet }, fault) => {
    const { slot, engine } = fleet.at(fault.whom);
    fleet.stop(slot, engine);
  },
  rebalance: ({ group }) => group.share(),
  'member-crash': ({ fleet, group }, fault) => group.crash(fleet.at(fault.whom).engine.process),
  'redis-restart': restartRedis(false),
  'redis-torn': restartRedis(true),
  'redis-old-copy': ({ redis, onStatesGoneBack }, { much }) => {
    redis.restart({ lost: Math.ceil(much * redis.keyspace.written()), torn: undefined });
    onStatesGoneBack();
    redis.cut();
  },
  'redis-cut': ({ redis }) => redis.cut(),
  'redis-full': ({ redis, world }, { much }) => {
    redis.becomeFull(true);
    world.scheduler.after(Math.floor(much * 200_000), () => redis.becomeFull(false));
  },
  'redis-down': ({ redis, world }, { much }) => {
    redis.become(false);
    redis.cut();
    world.scheduler.after(Math.floor(much * 300_000), () => redis.become(true));
  },
  'transaction-timeout': ({ broker }) => broker.coordinator.timeOut(),
  'markers-lost': ({ broker, world, causes }, { much }) => {
    causes.haveMarkersBeenLost = true;
    broker.coordinator.loseMarkers();
    world.scheduler.after(Math.floor(much * 3_000_000), () => broker.coordinator.writeLost());
  },
  compaction: (struck) => {
    for (const log of everywhere(struck, ({ receipts }) => receipts)) log.compact();
  },
  'kafka-old-copy': fromOldCopy,
  'journal-cut': onceQuiet((struck, { much }) => {
    struck.causes.disaster ??= 'journal-cut';
    struck.onJournalCut();
    struck.fleet.killAll();
    for (const log of everywhere(struck, ({ journal }) => journal)) log.cutTo(Math.ceil((1 - much ** 2) * log.end()));
    struck.onLogGoneBack();
  }),
  'receipts-lost': onceQuiet((struck) => {
    struck.causes.disaster ??= 'receipts-lost';
    struck.fleet.killAll();
    for (const log of everywhere(struck, ({ receipts }) => receipts)) log.forget();
  }),
  'head-gone': (struck, { much }) => {
    struck.causes.disaster ??= 'head-gone';
    for (const log of everywhere(struck, ({ journal }) => journal)) log.deleteBefore(Math.floor(much * log.end()));
  },
};

/** Lets a fault happen now. */
export const strike = (struck: Struck, fault: PlannedFault): void => {
  if (struck.world.isTold) struck.world.tell('world', fault.kind);
  strikes[fault.kind](struck, fault);
};
