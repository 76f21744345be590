import type { RedisOptions } from 'ioredis';
import type { RedisSettings } from './redis-settings.ts';

const connectTimeoutMs = 3000;
const commandTimeoutMs = 5000;
/** A connection that says nothing for so long, though it was asked, is given up. */
const silenceMsMax = commandTimeoutMs + 1000;
const disconnectTimeoutMs = 500;
const firstRetryDelayMs = 50;
const retryDelayMsMax = 1000;

const retryDelayMs = (attempt: number): number =>
  Math.min(firstRetryDelayMs * 2 ** (attempt - 1), retryDelayMsMax) * (0.75 + Math.random() / 2);

/** Nothing is ever sent twice: what was under way when the connection broke is unknown, and its caller is told so. */
const neverAgain = { maxRetriesPerRequest: 0, enableOfflineQueue: false, autoResendUnfulfilledCommands: false };

const timing = {
  connectTimeout: connectTimeoutMs,
  commandTimeout: commandTimeoutMs,
  socketTimeout: silenceMsMax,
  disconnectTimeout: disconnectTimeoutMs,
  retryStrategy: retryDelayMs,
};

const addressOf = ({ REDIS_URL, REDIS_TLS_CA }: RedisSettings) => {
  const { protocol, hostname, port, username, password, pathname } = new URL(REDIS_URL);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    db: Number(pathname.slice(1)),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: REDIS_TLS_CA === undefined ? {} : { ca: REDIS_TLS_CA } }),
  };
};

/**
 * How the client is set up. Whoever turns out to be read-only is left, and connected to anew: its name may lead to
 * another by then.
 */
export const optionsOf = (
  settings: RedisSettings,
  name: string,
  onReadOnly: (error: Error) => void,
): RedisOptions & { replyMapping?: 'legacy' } => ({
  ...neverAgain,
  ...timing,
  ...addressOf(settings),
  connectionName: name,
  lazyConnect: true,
  enableReadyCheck: false,
  disableClientInfo: true,
  reconnectOnError: (error) => {
    const isReadOnly = error.message.startsWith('READONLY');
    if (isReadOnly) onReadOnly(error);
    return isReadOnly;
  },
});
