import { variable } from '../environment.ts';

/** Options behind a question mark would be taken for the client's own, so there are none. */
const isRedisUrl = (text: string): boolean => {
  if (!/^rediss?:\/\/[^\s?#]+$/.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, username, password } = new URL(text);
  return hostname !== '' && /^(\/\d*)?$/.test(pathname) && [username, password].every(isDecodable);
};

const isDecodable = (text: string): boolean => {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
};

/** How Redis is reached, by environment variables. */
export const redisFields = {
  REDIS_URL: variable
    .secret()
    .refine(isRedisUrl, 'must be redis://[user:password@]host:port[/db], or rediss:// for TLS'),
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
  REDIS_TLS_CA !== undefined && REDIS_URL?.startsWith('rediss:') === false
    ? [['REDIS_URL', 'must begin with rediss:// where REDIS_TLS_CA is set']]
    : [];
