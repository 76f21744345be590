import type { RedisDescription } from './redis-health.ts';

/** What is wrong with a Redis, and how it is mended. */
export type RedisProblem = {
  /** `refuse`: with this no engine may run. */
  readonly severity: 'refuse' | 'warn';
  readonly problem: string;
  readonly mend: string;
};

/** The first with ZADD LT, without which a write is not harmless at every point of it. */
const majorMin = 6;
const minorMin = 2;
const usedShareMax = 0.9;
const clockAheadMsMax = 1000;

type Check = (redis: RedisDescription) => RedisProblem | false | undefined;

const isOld = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < majorMin || (major === majorMin && minor < minorMin);
};

const usedShare = ({ usedBytes, maxBytes }: RedisDescription): number =>
  usedBytes === undefined || !maxBytes ? 0 : usedBytes / maxBytes;

const refused: readonly Check[] = [
  ({ version }) =>
    version !== undefined &&
    isOld(version) && {
      severity: 'refuse',
      problem: `Redis is of version ${version}, and alo needs ${majorMin}.${minorMin}`,
      mend: 'run Redis 7 or 8, or Valkey',
    },
  ({ evictionPolicy }) =>
    evictionPolicy !== undefined &&
    evictionPolicy !== 'noeviction' && {
      severity: 'refuse',
      problem: `Redis throws keys away when its memory is full (maxmemory-policy ${evictionPolicy}), and states would be lost without a sign`,
      mend: 'set maxmemory-policy noeviction',
    },
  ({ role }) =>
    role === 'slave' && {
      severity: 'refuse',
      problem: 'Redis is a replica, which takes no writes',
      mend: 'let REDIS_URL name the primary',
    },
];

const warned: readonly Check[] = [
  ({ hasAof }) =>
    hasAof === false && {
      severity: 'warn',
      problem: 'Redis keeps no AOF: a restart loses what came after its last snapshot, or all of it',
      mend: 'set appendonly yes, and appendfsync everysec',
    },
  ({ hasAof, isAofWritten }) =>
    hasAof === true &&
    isAofWritten === false && {
      severity: 'warn',
      problem: 'Redis could not write its AOF the last time, and will refuse writes',
      mend: 'see its log and its disk',
    },
  ({ isLastSaveWritten }) =>
    isLastSaveWritten === false && {
      severity: 'warn',
      problem: 'Redis could not write its last snapshot, and may refuse writes (stop-writes-on-bgsave-error)',
      mend: 'see its log and its disk',
    },
  (redis) =>
    usedShare(redis) > usedShareMax && {
      severity: 'warn',
      problem: `Redis has used ${Math.floor(usedShare(redis) * 100)} % of its maxmemory, and refuses writes when it is full`,
      mend: 'give it more memory, and raise maxmemory',
    },
  ({ isCluster }) =>
    isCluster && {
      severity: 'warn',
      problem: 'Redis is a node of a cluster, and alo uses this node alone',
      mend: 'let this node hold all slots, or use a Redis without cluster-enabled',
    },
  ({ isLoading }) =>
    isLoading && {
      severity: 'warn',
      problem: 'Redis is still loading its data',
      mend: 'wait until it has: engines do so by themselves',
    },
  ({ clockAheadMs }) =>
    clockAheadMs !== undefined &&
    Math.abs(clockAheadMs) > clockAheadMsMax && {
      severity: 'warn',
      problem: `the clock of Redis' host is ${Math.round(Math.abs(clockAheadMs))} ms ${clockAheadMs > 0 ? 'ahead of' : 'behind'} this one`,
      mend: 'synchronise the clocks of both (NTP)',
    },
];

/** What is wrong with a Redis, what forbids to run first. What it does not say of itself is not held against it. */
export const redisProblems = (redis: RedisDescription): readonly RedisProblem[] =>
  [...refused, ...warned].map((check) => check(redis)).filter((found) => found !== false && found !== undefined);
