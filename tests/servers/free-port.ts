import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to connections that go out: else a client that tries again and again to reach
 * a server that is down may be given the server's own port, reach itself, and hold the port.
 */
const range = { from: 20_000, to: 32_000 };
const triesMax = 100;

/** A port of 127.0.0.1 on which nobody listens now. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = range.from + Math.floor(Math.random() * (range.to - range.from));
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${triesMax} ports tried on 127.0.0.1 is free`);
};

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
};
