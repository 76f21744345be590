import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectOnce } from './connect-once.ts';

type Connection = {
  readonly connect: () => Promise<boolean>;
  readonly disconnect: () => Promise<boolean>;
  readonly isConnected: () => boolean;
  readonly requestQueue: { waitForPendingRequests: () => Promise<void> };
};

const require = createRequire(import.meta.url);
const ClientConnection = require('kafkajs/src/network/connection') as new (options: object) => Connection;
const makeSocketFactory = require('kafkajs/src/network/socketFactory') as () => unknown;
const silent = () => undefined;
const logger = { namespace: () => ({ debug: silent, error: silent }) };

/** All sockets that a broker has taken, and those of them that are open. */
const sockets: Socket[] = [];
const openSockets = () => sockets.filter(({ closed }) => !closed);
const broker = createServer((socket) => sockets.push(socket));

connectOnce();

beforeEach(() => once(broker.listen(0, '127.0.0.1'), 'listening'));
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await once(broker.close(), 'close');
});

const connectionHere = () =>
  new ClientConnection({
    host: '127.0.0.1',
    port: (broker.address() as AddressInfo).port,
    logger,
    socketFactory: makeSocketFactory(),
    requestTimeout: 1000,
    connectionTimeout: 1000,
  });

const connectTogether = (connection: Connection) => Promise.all([1, 2, 3].map(() => connection.connect()));
const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('who connects together shares one socket, and none is left open', async () => {
  const connection = connectionHere();
  await connectTogether(connection);
  expect(sockets.length).toBe(1);
  await connection.disconnect();
  await passed(100);
  expect(openSockets().length).toBe(0);
});

test('a connection that was closed is opened anew', async () => {
  const connection = connectionHere();
  await connectTogether(connection);
  await connection.disconnect();
  await connectTogether(connection);
  expect({ opened: sockets.length, isConnected: connection.isConnected() }).toEqual({ opened: 2, isConnected: true });
  await connection.disconnect();
});

test('an attempt that was given up is not waited for by the next', async () => {
  const connection = connectionHere();
  const givenUp = connection.connect();
  await connection.disconnect();
  await Promise.all([givenUp, connection.connect()]);
  await passed(100);
  expect(sockets.length).toBe(2);
  await connection.disconnect();
});

test('one that was opened while it was being closed, and so was closed too, is opened anew', async () => {
  const connection = connectionHere();
  await connection.connect();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  connection.requestQueue.waitForPendingRequests = () => answered;
  const closing = connection.disconnect();
  await connection.connect();
  answer();
  await closing;
  expect(connection.isConnected()).toBe(false);
  await connection.connect();
  expect(connection.isConnected()).toBe(true);
  await connection.disconnect();
});

test('where nobody takes it, each attempt fails, and the next one is made', async () => {
  const connection = connectionHere();
  await once(broker.close(), 'close');
  const outcomes = await Promise.allSettled([connection.connect(), connection.connect()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await once(broker.listen((connection as unknown as { port: number }).port, '127.0.0.1'), 'listening');
  await connection.connect();
  expect(sockets.length).toBe(1);
  await connection.disconnect();
});
