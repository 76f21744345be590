import { type KafkaCluster, startKafkaCluster } from '../servers/kafka-cluster.ts';
import { type KafkaServer, startKafka } from '../servers/kafka-server.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { type LiveSabotage, liveSabotages, notLive } from './live-scenes.ts';
import { openStage } from './stage.ts';

/** The cluster is started when the first scene needs it. */
type Servers = {
  readonly kafka: KafkaServer;
  readonly redis: RedisServer;
  readonly cluster: () => Promise<KafkaCluster>;
};

/** What goes wrong in a scene, with a safeguard switched off or with all in place. */
const play = async (
  { scene, isOnCluster = false }: LiveSabotage,
  sabotage: string,
  { kafka, redis, cluster }: Servers,
): Promise<string | undefined> => {
  const { brokers } = isOnCluster ? await cluster() : kafka;
  const stage = await openStage({ brokers, redisUrl: redis.url, sabotage });
  try {
    return await scene(stage);
  } finally {
    await stage.close();
  }
};

const verdictOf = (name: string, missed: string | undefined, wrong: string | undefined): string => {
  if (wrong !== undefined) return `WRONG AS IT IS: ${name}: ${wrong}`;
  return missed === undefined ? `NOT MISSED: ${name}` : `${name}: missed, for ${missed}`;
};

type Say = (text: string) => void;

/** Plays a scene twice: only where nothing is wrong as it is does it tell anything that something is wrong without. */
const isMissed = async (one: LiveSabotage, servers: Servers, say: Say): Promise<boolean> => {
  const { sabotage } = one;
  try {
    const [wrong, missed] = await Promise.all([play(one, '', servers), play(one, sabotage, servers)]);
    say(verdictOf(sabotage, missed, wrong));
    return missed !== undefined && wrong === undefined;
  } catch (error) {
    say(`NOT PLAYED: ${sabotage}: ${(error as Error).message}`);
    return false;
  }
};

/** Transactions that nobody ends are given up as soon as their time is over. */
const properties = { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500' };

/**
 * Plays each scene on real servers, as it is and with its safeguard switched off: tells whether each was missed. Only
 * those with a part of their name, where one is given.
 */
export const runLiveSabotages = async (say: Say, named = ''): Promise<boolean> => {
  const [kafka, redis] = await Promise.all([startKafka({ properties }), startRedis()]);
  let started: Promise<KafkaCluster> | undefined;
  const cluster = () => {
    started ??= startKafkaCluster({ properties });
    return started;
  };
  let areAllMissed = true;
  try {
    for (const one of liveSabotages.filter(({ sabotage }) => sabotage.includes(named))) {
      areAllMissed = (await isMissed(one, { kafka, redis, cluster }, say)) && areAllMissed;
    }
  } finally {
    const left = await started?.catch(() => undefined);
    await Promise.all([kafka.remove(), redis.remove(), left?.remove()]);
  }
  for (const [sabotage, why] of notLive) say(`(not on real servers: ${sabotage}: ${why})`);
  return areAllMissed;
};
