import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { guardedFolder } from './guarded-folder.ts';
import { startKafka } from './kafka-server.ts';
import { startRedis } from './redis-server.ts';

export type LentServer = 'kafka' | 'redis';

export type LentServers = { readonly socket: string; close(): Promise<void> };

type Running = { readonly address: string; remove(): Promise<void> };
type Answer = { readonly address: string } | { readonly error: string };

const starts: Readonly<Record<LentServer, () => Promise<Running>>> = {
  kafka: () => startKafka().then(({ brokers, remove }) => ({ address: brokers, remove })),
  redis: () => startRedis().then(({ url, remove }) => ({ address: url, remove })),
};

/** Offers one Kafka and one Redis to all who ask at the socket. Each is started when it is first asked for. */
export const openLentServers = async (): Promise<LentServers> => {
  const folder = guardedFolder('servers');
  const socket = join(folder.path, 'socket');
  const started = new Map<LentServer, Promise<Running>>();
  const running = (name: LentServer): Promise<Running> => {
    if (!(name in starts)) throw new Error(`${name} is not lent`);
    const server = started.get(name) ?? starts[name]();
    started.set(name, server);
    return server;
  };
  const door = createServer((asking) => void answer(asking, running)).unref();
  await once(door.listen(socket), 'listening');
  const close = async () => {
    door.close();
    await Promise.allSettled([...started.values()].map(async (server) => (await server).remove()));
    await folder.remove();
  };
  return { socket, close };
};

const answer = async (asking: Socket, running: (name: LentServer) => Promise<Running>) => {
  asking.on('error', () => undefined).unref();
  const told: Answer = await once(asking, 'data')
    .then(([name]) => running(String(name) as LentServer))
    .then(({ address }) => ({ address }))
    .catch((error: Error) => ({ error: error.message }));
  asking.end(JSON.stringify(told));
};

/** The address of the shared server; throws why there is none. */
export const borrowAddress = async (socket: string, name: LentServer): Promise<string> => {
  const asking = connect(socket);
  asking.write(name);
  const told = JSON.parse(await text(asking)) as Answer;
  if ('error' in told) throw new Error(told.error);
  return told.address;
};
