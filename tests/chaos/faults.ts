import { cpSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from '../simulation/seeded.ts';
import { type FailPoint, failPoints } from './fail-points.ts';
import { type ClientName, engineNames, type Site } from './site.ts';
import type { Supervised } from './supervised.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** What a fault is done to: no two faults befall the same at once. */
export type Victim = ClientName | 'redis' | `broker${number}`;

export type Strike = {
  readonly site: Site;
  readonly chance: Chance;
  readonly victim: Victim;
  /** A place for what one fault leaves to another of its kind. */
  readonly folder: string;
  readonly onFailPoint: (point: string, action: string, isMet: boolean) => void;
};

/** Ends a fault: everything is again as it was before, but for what the fault has left behind. */
export type Undo = () => Promise<void> | void;

export type Fault = {
  readonly kind: string;
  readonly victims: readonly Victim[];
  /** All that it touches, where that is not its victim alone. */
  readonly touches?: readonly Victim[];
  /** How long it may last, in ms. */
  readonly holdMs: readonly [number, number];
  readonly strike: (strike: Strike) => Promise<Undo> | Undo;
};

const short = [0, 2500] as const;
/** Shorter and longer than the session of a member of the group, so that others take over in a part of the cases. */
const long = [200, 7000] as const;
const brokerNames = [0, 1, 2].map((node) => `broker${node}` as const);
const processes: readonly ClientName[] = [...engineNames, 'intake', 'clock'];

const processOf = ({ site, victim }: Strike): Supervised => site.process(victim as ClientName);

const down =
  (end: (process: Supervised) => Promise<void>) =>
  async (strike: Strike): Promise<Undo> => {
    const process = processOf(strike);
    process.hold();
    await end(process);
    return process.release;
  };

const halt = (strike: Strike): Undo => {
  const process = processOf(strike);
  process.pause();
  return process.resume;
};

const killAllEngines = async ({ site }: Strike): Promise<Undo> => {
  const engines = engineNames.map(site.process);
  for (const { hold } of engines) hold();
  await Promise.all(engines.map(({ kill }) => kill()));
  return () => {
    for (const { release } of engines) release();
  };
};

type Way = 'kafka' | 'redis';
type OnWay = (proxy: TcpProxy, chance: Chance) => Promise<void> | void;

const onWays =
  (to: Way, begin: OnWay, end: OnWay) =>
  async ({ site, victim, chance }: Strike): Promise<Undo> => {
    const ways = site.waysOf(victim as ClientName);
    const all = to === 'redis' ? [ways.redis] : ways.kafka;
    // Often one broker of several is out of reach, and not all.
    const struck = to === 'kafka' && chance.happens(0.4) ? [chance.pick(all)] : all;
    await Promise.all(struck.map((proxy) => begin(proxy, chance)));
    return async () => {
      await Promise.all(struck.map((proxy) => end(proxy, chance)));
    };
  };

const wayFaults = (to: Way, victims: readonly ClientName[]): Fault[] => {
  const onThose = (kind: string, holdMs: Fault['holdMs'], begin: OnWay, end: OnWay): Fault => ({
    kind: `${to} ${kind}`,
    victims,
    holdMs,
    strike: onWays(to, begin, end),
  });
  return [
    onThose(
      'connections cut',
      [0, 0],
      (way) => way.cut(),
      () => undefined,
    ),
    onThose(
      'refuses connections',
      long,
      (way) => way.refuse(),
      (way) => way.allow(),
    ),
    onThose(
      'out of reach',
      long,
      (way) => way.freeze(),
      (way) => way.thaw(),
    ),
    onThose(
      'far away',
      long,
      (way, chance) => way.delay(chance.between(5, 400)),
      (way) => way.delay(0),
    ),
  ];
};

const killRedis = async ({ site }: Strike): Promise<Undo> => {
  await site.redis.kill();
  return site.redis.start;
};

/** Redis begins again from a copy of its files that was made while it wrote them. */
const restoreRedis = async ({ site, chance, folder }: Strike): Promise<Undo> => {
  const copy = join(folder, 'redis-copy');
  const isThere = statSync(copy, { throwIfNoEntry: false }) !== undefined;
  if (!isThere || chance.happens(0.5)) {
    rmSync(copy, { recursive: true, force: true });
    cpSync(site.redis.dataDir, copy, { recursive: true });
  }
  return async () => {
    await site.redis.kill();
    rmSync(site.redis.dataDir, { recursive: true });
    cpSync(copy, site.redis.dataDir, { recursive: true });
    await site.redis.start();
  };
};

/** As after a loss of power: the end of the file was never on the disk. */
const loseTail = async ({ site, chance }: Strike): Promise<Undo> => {
  await site.redis.kill();
  const folder = join(site.redis.dataDir, 'appendonlydir');
  const file = readdirSync(folder).find((name) => name.endsWith('.incr.aof'));
  if (file !== undefined) {
    const { size } = statSync(join(folder, file));
    truncateSync(join(folder, file), Math.max(0, size - chance.below(Math.min(size, 400_000))));
  }
  return site.redis.start;
};

const fillRedis = async ({ site }: Strike): Promise<Undo> => {
  await site.askRedis((redis) => redis.config('SET', 'maxmemory', '1mb'));
  return async () => {
    await site.askRedis((redis) => redis.config('SET', 'maxmemory', '0'));
  };
};

const redisFaults: readonly Fault[] = [
  { kind: 'Redis killed', victims: ['redis'], holdMs: long, strike: killRedis },
  {
    kind: 'Redis stopped and started',
    victims: ['redis'],
    holdMs: short,
    strike: async ({ site }) => {
      await site.redis.stop();
      return site.redis.start;
    },
  },
  {
    kind: 'Redis halted',
    victims: ['redis'],
    holdMs: long,
    strike: async ({ site }) => {
      await site.redis.pause();
      return site.redis.resume;
    },
  },
  { kind: 'Redis restored from an old copy', victims: ['redis'], holdMs: [1000, 8000], strike: restoreRedis },
  { kind: 'Redis loses its last writes', victims: ['redis'], holdMs: short, strike: loseTail },
  { kind: 'Redis full', victims: ['redis'], holdMs: long, strike: fillRedis },
  {
    kind: 'Redis emptied',
    victims: ['redis'],
    holdMs: [0, 0],
    strike: async ({ site }) => {
      await site.askRedis((redis) => redis.flushall());
      return () => undefined;
    },
  },
];

const nodeOf = ({ site, victim }: Strike) => site.cluster.nodes[Number(victim.slice('broker'.length))]!;

const brokerFaults: readonly Fault[] = [
  {
    kind: 'a broker killed, others elected',
    victims: brokerNames,
    holdMs: long,
    strike: async (strike) => {
      await nodeOf(strike).kill();
      return nodeOf(strike).start;
    },
  },
  {
    kind: 'a broker stopped, others elected',
    victims: brokerNames,
    holdMs: short,
    strike: async (strike) => {
      await nodeOf(strike).stop();
      return nodeOf(strike).start;
    },
  },
  {
    kind: 'a broker halted',
    victims: brokerNames,
    holdMs: long,
    strike: async (strike) => {
      await nodeOf(strike).pause();
      return nodeOf(strike).resume;
    },
  },
  {
    kind: 'all brokers killed',
    victims: ['broker0'],
    touches: brokerNames,
    holdMs: short,
    strike: async ({ site: { cluster } }) => {
      await Promise.all(cluster.nodes.map((node) => node.kill()));
      return async () => {
        await Promise.all(cluster.nodes.map((node) => node.start()));
      };
    },
  },
];

/** Of every kind but the fail points. */
export const faults: readonly Fault[] = [
  { kind: 'killed', victims: processes, holdMs: long, strike: down((process) => process.kill()) },
  { kind: 'stopped', victims: processes, holdMs: short, strike: down((process) => process.stop()) },
  { kind: 'halted', victims: processes, holdMs: long, strike: halt },
  { kind: 'all engines killed', victims: ['engine1'], touches: engineNames, holdMs: short, strike: killAllEngines },
  ...wayFaults('kafka', processes),
  ...wayFaults('redis', engineNames),
  ...redisFaults,
  ...brokerFaults,
  {
    kind: 'another policy published',
    victims: ['clock'],
    touches: [],
    holdMs: [0, 0],
    strike: ({ site }) => publishedAtLast(site, site.publishNextPolicy()),
  },
];

/** While others fail, so may a command: it is then given again until it has done all. */
const publishedAtLast = (site: Site, first: Promise<void>): Undo => {
  const done = first.catch(async () => {
    for (let isDone = false; !isDone; ) {
      isDone = await site.publishPolicyAgain().then(
        () => true,
        () => false,
      );
    }
  });
  return () => done;
};

const actions = ['kill', 'kill', 'stop', 'throw', 'slow'] as const;
/** A process starts, joins its group, and is given partitions; on a busy machine that takes long. */
const metMsMax = 30_000;
const beforeReleaseMs = 8000;
/** Passed once for each partition that is taken over; others again and again. */
const passedOnce = new Set(['taken', 'fencing', 'fenced', 'receipt-read', 'applied-read', 'recovered', 'releasing']);
/** Before anything was ever published; and with hundreds of due items in one record. Chaos comes to neither. */
const neverHere = new Set(['first-start', 'settling']);

/** What brings a process to a point to which it comes by itself too seldom. */
const ledTo = ({ site, victim }: Strike, name: string): Promise<unknown> => {
  if (name === 'rearming') return Promise.resolve(publishedAtLast(site, site.publishNextPolicy())());
  if (name === 'releasing') return delay(beforeReleaseMs).then(site.process(victim as ClientName).stop);
  return Promise.resolve();
};

/** A process begins again, and at a point of its work something befalls it. */
const failPointFault = ({ name, service }: FailPoint): Fault => ({
  kind: `at the point "${name}"`,
  victims: service === 'engine' ? engineNames : [service],
  holdMs: short,
  strike: async (strike) => {
    const process = processOf(strike);
    const action = strike.chance.pick(actions);
    const nth = strike.chance.pick(passedOnce.has(name) ? [1, 1, 2] : [1, 2, 3, 8]);
    process.startNextWith({ ALO_FAIL_POINTS: `${name}:${nth}:${action}` }, strike.chance.between(...long));
    const met = process.failPointMet(metMsMax);
    await process.kill();
    const led = ledTo(strike, name);
    strike.onFailPoint(name, action, await met);
    return async () => void (await led);
  },
});

export const failPointFaults: readonly Fault[] = failPoints
  .filter(({ name }) => !neverHere.has(name))
  .map(failPointFault);
