import { Redis, type RedisOptions } from 'ioredis';
import { InfrastructureError } from '../errors.ts';
import { faultOf } from './redis-faults.ts';
import { type RedisSettings, shownRedis } from './redis-settings.ts';

/** Whether Redis can be used, and if not, why, in one sentence. */
export type RedisState = { readonly kind: 'ready' } | { readonly kind: 'waiting'; readonly why: string };

export type RedisConnection = {
  readonly redis: Redis;
  /** Where it is, without what must not be shown. */
  readonly shown: string;
  readonly state: () => RedisState;
  /** Waits until Redis can be used. Rejects with InfrastructureError once closed, or after a time if one is given. */
  readonly whenReady: (withinMs?: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

const connectTimeoutMs = 3000;
const commandTimeoutMs = 5000;
/** A connection that says nothing for so long, though it was asked, is given up. */
const silenceMsMax = commandTimeoutMs + 1000;
const retryDelayMsMax = 1000;
const probeDelayMs = 100;

const retryDelayMs = (attempt: number): number =>
  Math.min(50 * 2 ** (attempt - 1), retryDelayMsMax) * (0.75 + Math.random() / 2);

/** Nothing is ever sent twice: what was under way when the connection broke is unknown, and its caller is told so. */
const neverAgain = {
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
};

type Options = RedisOptions & { replyMapping?: 'legacy' };

const optionsOf = ({ REDIS_URL, REDIS_TLS_CA }: RedisSettings, name: string): Options => {
  const { protocol, hostname, port, username, password, pathname } = new URL(REDIS_URL);
  return {
    ...neverAgain,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    db: Number(pathname.slice(1)),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: REDIS_TLS_CA === undefined ? {} : { ca: REDIS_TLS_CA } }),
    connectionName: name,
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    socketTimeout: silenceMsMax,
    disconnectTimeout: 500,
    retryStrategy: retryDelayMs,
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    enableReadyCheck: false,
    disableClientInfo: true,
  };
};

/**
 * Connects to Redis, again and again where that fails, and says so when it begins and when it is over. Each partition
 * needs a connection of its own: a WATCH holds for the whole of one.
 */
export const connectRedis = (
  settings: RedisSettings,
  { name, onState = () => undefined }: { readonly name: string; readonly onState?: (state: RedisState) => void },
): RedisConnection => {
  const shown = shownRedis(settings);
  const redis = new Redis(optionsOf(settings, name));
  const tlsHint = redis.options.tls ? '' : ' (a port for TLS needs rediss://)';
  const waiting = new Set<() => void>();
  let state: RedisState = { kind: 'waiting', why: `Redis at ${shown} has not answered yet` };
  let isClosed = false;
  let hasFailed = false;

  const become = (next: RedisState) => {
    if (next.kind === state.kind && next.kind === 'ready') return;
    if (next.kind === 'waiting' && state.kind === 'waiting' && next.why === state.why) return;
    state = next;
    if (!isClosed) onState(state);
    if (next.kind === 'ready') for (const go of [...waiting]) go();
  };

  /** A connection is no use yet while Redis is loading, or where the user may do nothing. */
  const probe = async (stream = redis.stream) => {
    if (isClosed || redis.stream !== stream || redis.status !== 'ready') return;
    try {
      await redis.ping();
      become({ kind: 'ready' });
    } catch (error) {
      become({ kind: 'waiting', why: faultOf(error, shown).message });
      setTimeout(probe, probeDelayMs, stream);
    }
  };

  redis.on('ready', () => void probe());
  redis.on('connecting', () => {
    hasFailed = false;
  });
  redis.on('error', (error) => {
    hasFailed = true;
    become({ kind: 'waiting', why: faultOf(error, shown).message });
  });
  redis.on('close', () => {
    if (state.kind === 'ready') become({ kind: 'waiting', why: `Redis at ${shown} cut the connection` });
    else if (!hasFailed) become({ kind: 'waiting', why: `Redis at ${shown} takes no connection${tlsHint}` });
  });

  const wait = (withinMs: number | undefined) =>
    new Promise<void>((resolve, reject) => {
      const go = () => {
        waiting.delete(go);
        clearTimeout(timer);
        if (state.kind === 'ready') resolve();
        else reject(new InfrastructureError(isClosed ? `the connection to Redis at ${shown} is closed` : state.why));
      };
      const timer = withinMs === undefined ? undefined : setTimeout(go, withinMs);
      waiting.add(go);
    });

  return {
    redis,
    shown,
    state: () => state,
    whenReady: async (withinMs) => {
      if (redis.status === 'wait' && !isClosed) redis.connect().catch(() => undefined);
      if (isClosed) throw new InfrastructureError(`the connection to Redis at ${shown} is closed`);
      if (state.kind !== 'ready') await wait(withinMs);
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      const isOver = ['reconnecting', 'close', 'end'].includes(redis.status);
      state = { kind: 'waiting', why: `the connection to Redis at ${shown} is closed` };
      for (const go of [...waiting]) go();
      const ended = new Promise<void>((resolve) => redis.once('end', () => resolve()));
      redis.disconnect();
      if (!isOver) await ended;
    },
  };
};
