import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Sent = { readonly path: string; readonly body: string };

type Ways = {
  /** It answers no sooner than this resolves. */
  readonly mayAnswer?: Promise<unknown>;
  /** What it answers: 200 takes what was sent. */
  readonly status?: () => number;
};

/** A collector of OTLP over HTTP that keeps what it is sent. */
export const startCollector = async ({ mayAnswer = Promise.resolve(), status = () => 200 }: Ways = {}) => {
  const sent: Sent[] = [];
  const server = createServer(async (request, response) => {
    sent.push({ path: request.url ?? '', body: await text(request) });
    await mayAnswer;
    response.writeHead(status(), { 'content-type': 'application/json' }).end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    sent,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
