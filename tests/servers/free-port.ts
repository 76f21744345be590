import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to connections that go out: else a client that tries again and again to reach
 * a server that is down may be given the server's own port, reach itself, and hold the port.
 */
const lowest = 20_000;

/**
 * A server listens some seconds after its port was given. So the processes of a run of jest take from parts that
 * differ: its first process by its own id, the workers by that and their number.
 */
const parts = 16;
const partSize = 750;
const { JEST_WORKER_ID } = process.env;
const part = JEST_WORKER_ID === undefined ? process.pid : process.ppid + Number(JEST_WORKER_ID);
const from = lowest + partSize * (part % parts);
const given = new Set<number>();
const triesMax = 100;

/** A port of 127.0.0.1 on which nobody listens now, and which this process was not given before. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = from + Math.floor(Math.random() * partSize);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
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
