import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '../servers/processes.ts';
import { openProxy, type TcpProxy } from './tcp-proxy.ts';

const waitMsMax = 10_000;
/** How long a test looks whether nothing comes. */
const silenceMs = 100;

let server: Server;
let port: number;
let proxy: TcpProxy;
/** The server's ends of the connections, in their order. */
let accepted: Socket[];
let clients: Socket[];

beforeEach(async () => {
  accepted = [];
  clients = [];
  server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    accepted.push(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
  proxy = await openProxy({ target: () => port });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of [...clients, ...accepted]) socket.destroy();
  server.close();
});

/** A client of the proxy, and how it ended. */
const openClient = (to = proxy.port) => {
  const socket = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
  clients.push(socket);
  const ended = once(socket, 'close').then(
    () => 'closed',
    ({ code }) => code as string,
  );
  return { socket, ended };
};

/** A connection through the proxy: what each side has received, as text. */
const openPair = async () => {
  const before = accepted.length;
  const { socket: client, ended } = openClient();
  await until(() => accepted.length > before, { waitMsMax });
  const far = accepted.at(-1)!;
  return { client, ended, far, atClient: received(client), atServer: received(far) };
};

const received = (socket: Socket) => {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes;
  });
  return {
    text: () => text,
    comes: (wanted: string) => until(() => text === wanted, { waitMsMax }),
  };
};

/** The code of the error of which a socket ends. */
const errorOf = async (socket: Socket): Promise<string> => {
  const [error] = await once(socket, 'error');
  return error.code;
};

test('what one side sends reaches the other, in both directions', async () => {
  const { client, far, atClient, atServer } = await openPair();
  client.write('who is there?');
  await atServer.comes('who is there?');
  far.write('a server');
  await atClient.comes('a server');
});

test('a side that has said all hears the other to its end', async () => {
  const { client, ended, far, atClient, atServer } = await openPair();
  client.end('that is all');
  await once(far, 'end');
  expect(atServer.text()).toBe('that is all');
  far.end('so is this');
  expect(await ended).toBe('closed');
  expect(atClient.text()).toBe('so is this');
});

test('a side that is reset resets the other', async () => {
  const { client, far } = await openPair();
  const failed = errorOf(client);
  far.resetAndDestroy();
  expect(await failed).toBe('ECONNRESET');
});

test('a cut resets both sides of every connection, and the next one is let in', async () => {
  const pairs = [await openPair(), await openPair()];
  expect(proxy.connections()).toBe(2);
  const failed = pairs.flatMap(({ client, far }) => [errorOf(client), errorOf(far)]);
  proxy.cut();
  expect(await Promise.all(failed)).toEqual(Array(4).fill('ECONNRESET'));
  await until(() => proxy.connections() === 0, { waitMsMax });
  const { client, atServer } = await openPair();
  client.write('again');
  await atServer.comes('again');
});

test('while it refuses, old connections are cut and new ones refused', async () => {
  const old = await openPair();
  const failed = errorOf(old.client);
  await proxy.refuse();
  expect(await failed).toBe('ECONNRESET');
  expect(await openClient().ended).toBe('ECONNREFUSED');
  await proxy.allow();
  const { client, atServer } = await openPair();
  client.write('again');
  await atServer.comes('again');
});

test('while it is frozen nothing passes, and then all of it in its order', async () => {
  const { client, far, atClient, atServer } = await openPair();
  proxy.freeze();
  for (const word of ['one', 'two', 'three']) {
    client.write(word);
    far.write(word);
    await sleep(silenceMs / 3);
  }
  expect([atClient.text(), atServer.text()]).toEqual(['', '']);
  proxy.thaw();
  await Promise.all([atClient.comes('onetwothree'), atServer.comes('onetwothree')]);
});

test.each([
  { end: 'end', how: 'an end', comes: (far: Socket) => once(far, 'end') },
  { end: 'resetAndDestroy', how: 'a reset', comes: errorOf },
] as const)('while it is frozen $how does not pass either', async ({ end, comes }) => {
  const { client, far } = await openPair();
  const came = comes(far);
  proxy.freeze();
  client[end]();
  expect(await Promise.race([came, sleep(silenceMs, 'nothing')])).toBe('nothing');
  expect(far.destroyed).toBe(false);
  proxy.thaw();
  await came;
});

test('who connects while it is frozen is let in, and hears nothing before it thaws', async () => {
  proxy.freeze();
  const { far, atClient } = await openPair();
  far.write('welcome');
  await sleep(silenceMs);
  expect(atClient.text()).toBe('');
  proxy.thaw();
  await atClient.comes('welcome');
});

test('a frozen connection can be cut', async () => {
  const { client } = await openPair();
  proxy.freeze();
  const failed = errorOf(client);
  proxy.cut();
  expect(await failed).toBe('ECONNRESET');
});

test('a delay holds each chunk back, in its order, and many chunks at the same time', async () => {
  const delayMs = 200;
  const words = Array.from({ length: 20 }, (_, number) => `${number} `);
  const { client, atServer } = await openPair();
  proxy.delay(delayMs);
  const startedMs = performance.now();
  for (const word of words) {
    client.write(word);
    await sleep(1);
  }
  const sentMs = performance.now();
  await atServer.comes(words.join(''));
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(delayMs - 1);
  // One after the other they would take 20 times as long.
  expect(performance.now() - sentMs).toBeLessThan(delayMs * words.length * 0.75);
});

test('what comes when the delay has ended does not overtake what was held back', async () => {
  const { client, atServer } = await openPair();
  proxy.delay(300);
  client.write('held back, ');
  await sleep(silenceMs);
  proxy.delay(0);
  client.write('at once');
  await atServer.comes('held back, at once');
});

test('a delay of 0 is none', async () => {
  const { client, atServer } = await openPair();
  proxy.delay(60_000);
  proxy.delay(0);
  client.write('now');
  await atServer.comes('now');
});

/** Sends this much as fast as it is taken, and says how much was. */
const pour = (socket: Socket, bytes: number) => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let given = 0;
  const go = () => {
    while (given < bytes) {
      given += chunk.length;
      if (!socket.write(chunk)) return void socket.once('drain', go);
    }
    socket.end();
  };
  go();
  return { taken: () => given - socket.writableLength };
};

/** The figure at which this stands still. */
const standstill = async (figure: () => number): Promise<number> => {
  for (let before = -1; ; await sleep(silenceMs)) {
    const now = figure();
    if (now === before) return now;
    before = now;
  }
};

const mebibyte = 1024 * 1024;

test.each([
  { holds: 'whoever reads nothing', hold: () => undefined, release: () => undefined },
  { holds: 'a frozen proxy', hold: () => proxy.freeze(), release: () => proxy.thaw() },
  { holds: 'a long delay', hold: () => proxy.delay(500), release: () => proxy.delay(0) },
])('$holds makes the sender wait, and nothing is lost', async ({ hold, release }) => {
  const bytes = 48 * mebibyte;
  const { socket } = openClient();
  await until(() => accepted.length === 1, { waitMsMax });
  hold();
  const { taken } = pour(socket, bytes);
  // Most of it is what the kernel holds for two connections.
  expect(await standstill(taken)).toBeLessThan(32 * mebibyte);
  release();
  expect((await buffer(accepted[0]!)).length).toBe(bytes);
});

test('whoever connects while there is no target is reset', async () => {
  const early = await openProxy({ target: () => undefined });
  expect(await openClient(early.port).ended).toBe('ECONNRESET');
  await early.close();
});

test('whoever connects while the target is down is reset, and let through once it is up', async () => {
  server.close();
  expect(await openClient().ended).toBe('ECONNRESET');
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const { client, atServer } = await openPair();
  client.write('at last');
  await atServer.comes('at last');
});

test('a target may be of another host', async () => {
  const other = await openProxy({ target: () => ({ host: 'localhost', port: proxy.port }) });
  const { socket } = openClient(other.port);
  socket.write('far away');
  await until(() => accepted.length === 1, { waitMsMax });
  await received(accepted[0]!).comes('far away');
  await other.close();
});
