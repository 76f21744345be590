import { Redis } from 'ioredis';
import { optionsOf } from './connection-options.ts';
import { makeReadiness, type RedisState } from './readiness.ts';
import { faultOf, isCutOff } from './redis-faults.ts';
import { type RedisSettings, shownRedis } from './redis-settings.ts';

export type RedisConnection = {
  readonly redis: Redis;
  /** Where it is, without what must not be shown. */
  readonly shown: string;
  readonly state: () => RedisState;
  /** Waits until Redis can be used. Rejects with InfrastructureError once closed, or after a time if one is given. */
  readonly whenReady: (withinMs?: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type ConnectionOptions = {
  /** What Redis shows of it in its list of clients. */
  readonly name: string;
  readonly onState?: (state: RedisState) => void;
};

type Readiness = ReturnType<typeof makeReadiness>;

const probeDelayMs = 100;

/**
 * Connects to Redis, again and again where that fails, and says so when it begins and when it is over. Each partition
 * needs a connection of its own: a WATCH holds for the whole of one.
 */
export const connectRedis = (
  settings: RedisSettings,
  { name, onState = () => undefined }: ConnectionOptions,
): RedisConnection => {
  const shown = shownRedis(settings);
  const closed = `the connection to Redis at ${shown} is closed`;
  const readiness = makeReadiness({ kind: 'waiting', why: `Redis at ${shown} has not answered yet` }, onState);
  const told = tellOf(readiness, shown, settings.REDIS_URL.startsWith('rediss:'));
  const redis = new Redis(optionsOf(settings, name, told.failed));
  redis.on('connecting', told.begun);
  redis.on('error', told.failed);
  redis.on('close', told.ended);
  redis.on('ready', () => void probe(redis, redis.stream, told));
  return {
    redis,
    shown,
    state: readiness.state,
    whenReady: async (withinMs) => {
      if (redis.status === 'wait') redis.connect().catch(() => undefined);
      await readiness.whenReady(withinMs);
    },
    close: async () => {
      readiness.close(closed);
      await ended(redis);
    },
  };
};

/** What each turn of a connection's life says of whether Redis can be used. */
const tellOf = (readiness: Readiness, shown: string, isTls: boolean) => {
  const tlsHint = isTls ? ' (a port without TLS needs redis://)' : ' (a port for TLS needs rediss://)';
  let hasFailed = false;
  let wasUsable = false;
  const wait = (why: string) => readiness.become({ kind: 'waiting', why });
  return {
    begun: () => {
      hasFailed = false;
    },
    usable: () => {
      hasFailed = false;
      wasUsable = true;
      readiness.become({ kind: 'ready' });
    },
    failed: (error: Error) => {
      hasFailed = true;
      wait(faultOf(error, shown).message + (!wasUsable && isCutOff(error) ? tlsHint : ''));
    },
    ended: () => {
      if (hasFailed) return;
      wait(wasUsable ? `Redis at ${shown} cut the connection` : `Redis at ${shown} takes no connection${tlsHint}`);
    },
  };
};

/** A connection is no use yet while Redis is loading, or where the user may do nothing. */
const probe = async (redis: Redis, stream: Redis['stream'], told: ReturnType<typeof tellOf>): Promise<void> => {
  if (redis.stream !== stream || redis.status !== 'ready') return;
  try {
    await redis.ping();
    told.usable();
  } catch (error) {
    told.failed(error as Error);
    setTimeout(probe, probeDelayMs, redis, stream, told);
  }
};

/** Cuts the connection for good. Where none is open there is nothing to wait for. */
const ended = async (redis: Redis): Promise<void> => {
  const isOpen = ['wait', 'connecting', 'connect', 'ready'].includes(redis.status);
  const end = new Promise<void>((resolve) => redis.once('end', () => resolve()));
  redis.disconnect();
  // The client has set a timer to destroy the socket, which only its close clears; one that is closed closes no more.
  if (redis.stream?.closed) redis.stream.emit('close');
  if (isOpen) await end;
};
