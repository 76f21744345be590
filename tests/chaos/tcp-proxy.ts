import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../servers/free-port.ts';

/** A port of 127.0.0.1, or of another host. */
export type ProxyTarget = number | { readonly host: string; readonly port: number };

/** A way to a server, on 127.0.0.1, that can be cut, closed, silenced and made long. */
export type TcpProxy = {
  readonly port: number;
  /** How many connections are open now. */
  connections(): number;
  /** Resets all connections, by RST on both sides. New ones are let in. */
  cut(): void;
  /** Cuts, and lets nobody in: who connects is refused, as where no server listens. */
  refuse(): Promise<void>;
  /** Lets in again whoever connects. */
  allow(): Promise<void>;
  /** Lets no byte through in either direction from now on, nor an end, nor a reset: all connections stay open. */
  freeze(): void;
  /** Lets through what was held up, in its order, and all that follows. */
  thaw(): void;
  /** Holds back each chunk that is read from now on by so many milliseconds; 0 by none. */
  delay(ms: number): void;
  /** For good. */
  close(): Promise<void>;
};

type Options = {
  /** Asked anew for each connection. Whoever connects while there is none is reset. */
  readonly target: () => ProxyTarget | undefined;
};

/** Opens it on a port that it keeps; the target need not be there yet. */
export const openProxy = async ({ target }: Options): Promise<TcpProxy> => {
  const port = await freePort();
  const { isDue, isOpen, ...gate } = makeGate();
  const open: Open = { clients: new Set(), servers: new Set() };
  const proxy = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
    connectThrough(client, target(), { isDue, isOpen }, open),
  );
  const allow = async () => {
    if (!proxy.listening) await once(proxy.listen(port, '127.0.0.1'), 'listening');
  };
  const cut = () => {
    for (const socket of [...open.clients, ...open.servers]) socket.resetAndDestroy();
  };
  const refuse = async () => {
    const closed = once(proxy, 'close');
    proxy.close();
    cut();
    await closed;
  };
  await allow();
  return { port, ...gate, cut, refuse, allow, close: refuse, connections: () => open.clients.size };
};

type Open = { readonly clients: Set<Socket>; readonly servers: Set<Socket> };

/** What all that passes has to wait for. */
type Gate = {
  /** Resolves when what is read now has been held back for long enough. */
  readonly isDue: () => Promise<void>;
  /** Resolves when nothing is frozen. */
  readonly isOpen: () => Promise<void>;
};

const makeGate = (): Gate & Pick<TcpProxy, 'freeze' | 'thaw' | 'delay'> => {
  let frozen: PromiseWithResolvers<void> | undefined;
  let delayMs = 0;
  return {
    freeze: () => {
      frozen ??= Promise.withResolvers();
    },
    thaw: () => {
      frozen?.resolve();
      frozen = undefined;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    isDue: async () => {
      if (delayMs > 0) await sleep(delayMs);
    },
    isOpen: async () => {
      while (frozen !== undefined) await frozen.promise;
    },
  };
};

const connectThrough = (client: Socket, target: ProxyTarget | undefined, gate: Gate, open: Open) => {
  client.on('error', () => undefined);
  if (target === undefined) return void client.resetAndDestroy();
  const place = typeof target === 'number' ? { host: '127.0.0.1', port: target } : target;
  const server = connect({ ...place, allowHalfOpen: true, noDelay: true });
  keepWhileOpen(client, open.clients);
  keepWhileOpen(server, open.servers);
  passAll(client, server, gate);
  passAll(server, client, gate);
};

const keepWhileOpen = (socket: Socket, open: Set<Socket>) => {
  open.add(socket);
  socket.on('close', () => open.delete(socket));
};

/** Passes bytes, the end of them, and a reset. */
const passAll = (from: Socket, to: Socket, gate: Gate) => {
  from.on('error', () => void gate.isOpen().then(() => to.resetAndDestroy()));
  // What fails here has failed one of the sockets, and is heard of above.
  passBytes(from, to, gate).catch(() => undefined);
};

/** How much of one direction the proxy holds before it reads no more, beside what sockets hold. */
const heldBytesMax = 256 * 1024;

const passBytes = async (from: Socket, to: Socket, gate: Gate) => {
  let heldBytes = 0;
  let passed = Promise.resolve();
  const passAfter = async (before: Promise<void>, isDue: Promise<void>, chunk: Buffer) => {
    await before;
    await isDue;
    await gate.isOpen();
    await written(to, chunk);
    heldBytes -= chunk.length;
  };
  for await (const chunk of from.iterator({ destroyOnReturn: false })) {
    heldBytes += chunk.length;
    passed = passAfter(passed, gate.isDue(), chunk);
    if (heldBytes > heldBytesMax) await passed;
  }
  await passed;
  await gate.isOpen();
  to.end();
};

/** Resolves when the socket takes more; never, when it is destroyed. */
const written = (to: Socket, chunk: Buffer): Promise<void> =>
  new Promise((resolve) => {
    if (to.write(chunk)) resolve();
    else to.once('drain', resolve);
  });
