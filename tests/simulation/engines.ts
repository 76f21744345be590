import type { Engine } from '../../packages/runtime/src/engine.ts';
import type { PartitionCondition, Ports } from '../../packages/runtime/src/partition-worker.ts';
import { type AnyCore, ofVersion, type Version } from './cores.ts';
import type { Group } from './group.ts';
import type { Broker } from './kafka/broker.ts';
import { makeKafkaClient } from './kafka/client.ts';
import { askAgain, type Reply } from './network.ts';
import type { EngineBounds } from './plan.ts';
import { makeProcess, type Process, timersOf } from './process.ts';
import { connectTo } from './redis/connection.ts';
import type { RedisServer } from './redis/server.ts';
import type { World } from './world.ts';

export type UnderTest = typeof import('./under-test.ts');

/** Where an engine lives, and whom it tells. */
export type Surroundings = {
  readonly world: World;
  readonly broker: Broker;
  readonly redis: RedisServer;
  readonly group: Group;
  readonly underTest: UnderTest;
  readonly core: AnyCore;
  readonly onCondition: (engine: SimulatedEngine, partition: number, condition: PartitionCondition) => void;
  readonly onPublished: (partition: number, numbers: readonly number[]) => void;
  readonly onUnverified: () => void;
};

export type Birth = { readonly name: string; readonly version: Version; readonly bounds: EngineBounds };

export type SimulatedEngine = {
  readonly process: Process;
  readonly version: Version;
  readonly engine: Engine;
  readonly conditions: ReadonlyMap<number, PartitionCondition>;
  /** Of each partition, where it stands and where its journal ends, as it last said. */
  readonly progress: ReadonlyMap<number, { readonly offset: number; readonly end: number }>;
};

const journalWaitMs = 60;

const openPortsFor = ({ world, broker, redis, underTest }: Surroundings, process: Process) => {
  const kafka = makeKafkaClient({ world, broker, process });
  const timers = timersOf(world, process);
  const never = new AbortController().signal;
  const reach = ({ done, fail }: Reply<void>) => (redis.isUp() ? done() : fail(new Error('connection refused')));
  return async (partition: number): Promise<Ports> => {
    await askAgain(world, process, 'a connection to redis', reach).catch((error) => {
      throw new underTest.InfrastructureError(error.message);
    });
    const connection = connectTo({ world, server: redis, process });
    const { log, close } = underTest.openKafkaLog(kafka, {
      prefix: '',
      partition,
      waitMs: journalWaitMs,
      pause: (ms) => timers.delay(ms, never),
    });
    const states = underTest.openRedisStates(connection as Parameters<UnderTest['openRedisStates']>[0], {
      prefix: 'alo',
      partition,
    });
    return { log, states, close: () => Promise.all([connection.close(), close()]).then(() => undefined) };
  };
};

/** Starts an engine, whole, in a process of its own. */
export const startSimulated = (around: Surroundings, { name, version, bounds }: Birth): SimulatedEngine => {
  const { world, group, underTest, core } = around;
  const process = makeProcess(world, name);
  const conditions = new Map<number, PartitionCondition>();
  const progress = new Map<number, { offset: number; end: number }>();
  if (world.isTold) world.tell(name, `starts, of version ${version}`);
  const engine = underTest.startEngine(ofVersion(core, version), {
    join: (told) => group.join(process, told),
    openPorts: openPortsFor(around, process),
    options: (partition) => ({
      ...bounds,
      inFlightMax: 1,
      onPublished: (outputs) => {
        if (!process.isDead())
          around.onPublished(
            partition,
            outputs.map(({ number }) => number),
          );
      },
      onOutcome: () => undefined,
      onUnverified: around.onUnverified,
    }),
    onCondition: (partition, condition) => {
      if (process.isDead()) return;
      const why = 'why' in condition ? `: ${condition.why}` : '';
      if (world.isTold) world.tell(name, `partition ${partition} is ${condition.kind}${why}`);
      conditions.set(partition, condition);
      around.onCondition(simulated, partition, condition);
    },
    onProgress: (partition, at) => {
      if (world.isTold) world.tell(name, `partition ${partition} is at ${at.offset} of ${at.end}`);
      progress.set(partition, at);
    },
    onMembership: () => undefined,
    timers: timersOf(world, process),
  });
  const simulated: SimulatedEngine = { process, version, engine, conditions, progress };
  return simulated;
};
