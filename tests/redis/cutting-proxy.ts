import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to Redis that can be cut after so many bytes more of what is asked, or of what is answered, and be held up. */
export type CuttingProxy = {
  readonly port: number;
  readonly url: string;
  readonly cutAfter: (of: 'asked' | 'answered', bytes: number) => void;
  /** Lets nothing through from where this is asked on. Resolves once it is, with what lets the rest through. */
  readonly holdBefore: (text: string) => Promise<() => void>;
  /** How many bytes went each way. */
  readonly passed: () => { readonly asked: number; readonly answered: number };
  readonly close: () => Promise<void>;
};

type Way = 'asked' | 'answered';

export const makeCuttingProxy = async (toPort: number): Promise<CuttingProxy> => {
  const passed = { asked: 0, answered: 0 };
  let cut: { readonly of: Way; readonly at: number } | undefined;
  let hold: { readonly text: string; readonly held: (release: () => void) => void } | undefined;
  const open = new Set<Socket>();

  const pass = (way: Way, from: Socket, to: Socket) =>
    from.on('data', (data: Buffer) => {
      const holdAt = way === 'asked' && hold ? data.indexOf(hold.text) : -1;
      if (hold && holdAt >= 0) {
        to.write(data.subarray(0, holdAt));
        from.pause();
        hold.held(() => {
          to.write(data.subarray(holdAt));
          from.resume();
        });
        hold = undefined;
        return;
      }
      const left = cut?.of === way ? cut.at - passed[way] : Number.POSITIVE_INFINITY;
      const part = data.subarray(0, Math.min(data.length, left));
      passed[way] += part.length;
      if (part.length === data.length) return void to.write(part);
      cut = undefined;
      // What was let through arrives before the end does.
      to.end(part);
      from.destroy();
    });

  const server: Server = createServer((client) => {
    const redis = connect(toPort, '127.0.0.1');
    pass('asked', client, redis);
    pass('answered', redis, client);
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.end();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    cutAfter: (of, bytes) => {
      cut = { of, at: passed[of] + bytes };
    },
    holdBefore: (text) =>
      new Promise((held) => {
        hold = { text, held };
      }),
    passed: () => ({ ...passed }),
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
