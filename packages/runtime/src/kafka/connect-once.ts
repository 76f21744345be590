import { createRequire } from 'node:module';

type Connection = {
  connect: () => Promise<boolean>;
  disconnect: () => Promise<boolean>;
};

let isOnce = false;

/**
 * Requests that come together to a connection that is not open would each open a socket. The client keeps the last
 * and never closes the others, and when a broker ends one of those as idle, it takes that for the end of its own.
 */
export const connectOnce = (): void => {
  if (isOnce) return;
  isOnce = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection') as { prototype: Connection };
  const { connect, disconnect } = prototype;
  /** Those that are under way. */
  const attempts = new WeakMap<Connection, Promise<boolean>>();
  prototype.connect = function once(this: Connection) {
    const attempt = attempts.get(this) ?? connect.call(this);
    attempts.set(this, attempt);
    const forget = () => attempts.get(this) === attempt && attempts.delete(this);
    attempt.then(forget, forget);
    return attempt;
  };
  // It also ends a socket that is not connected yet.
  prototype.disconnect = function forgetting(this: Connection) {
    attempts.delete(this);
    return disconnect.call(this);
  };
};
