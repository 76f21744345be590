import { variable } from '../environment.ts';

/** How Redis is reached, by environment variables. */
export const redisFields = {
  REDIS_URL: variable
    .secret()
    .refine(
      (url) => /^rediss?:\/\/[^\s]+$/.test(url) && URL.canParse(url),
      'must be redis://[user:password@]host:port[/db], or rediss:// for TLS',
    ),
  REDIS_TLS_CA: variable.file().optional(),
  REDIS_KEY_PREFIX: variable
    .text()
    .refine((prefix) => /^[A-Za-z0-9_.:-]+$/.test(prefix), 'must be letters, digits and any of _ . : -')
    .default('alo'),
};

export type RedisSettings = {
  readonly REDIS_URL: string;
  readonly REDIS_TLS_CA?: string | undefined;
  /** In front of every key of alo's. */
  readonly REDIS_KEY_PREFIX: string;
};

/** Where Redis is, without what must not be shown. */
export const shownRedis = ({ REDIS_URL }: RedisSettings): string => {
  const { protocol, host, pathname } = new URL(REDIS_URL);
  return `${protocol}//${host}${pathname}`;
};

export const redisRelations = ({ REDIS_URL, REDIS_TLS_CA }: RedisSettings): (readonly [string, string])[] =>
  REDIS_TLS_CA !== undefined && !REDIS_URL.startsWith('rediss:')
    ? [['REDIS_URL', 'must begin with rediss:// where REDIS_TLS_CA is set']]
    : [];
