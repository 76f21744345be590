import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WrongUse } from './errors.ts';

export type HealthOptions = {
  /** 0 picks a free one. */
  readonly port: number;
  /** A sentence why the process should be ended and begun anew; undefined while it should not. */
  readonly isLive: () => string | undefined;
  /** A sentence why it does not do its work now; undefined while it does. */
  readonly isReady: () => string | undefined;
  /** All metrics as Prometheus reads them. */
  readonly metrics: () => Promise<string>;
};

export type HealthServer = { readonly port: number; readonly close: () => Promise<void> };

const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Serves /livez, /readyz and /metrics on one port, to whoever asks.
 * @throws WrongUse when the port cannot be had.
 */
export const serveHealth = async (options: HealthOptions): Promise<HealthServer> => {
  const server = createServer(answering(options));
  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

const listen = async (server: Server, port: number): Promise<void> => {
  try {
    await once(server.listen(port), 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${code})`;
    throw new WrongUse(`port ${port} ${why}: ALO_HTTP_PORT must name another, or 0 for any that is free`);
  }
};

const answering = ({ isLive, isReady, metrics }: HealthOptions): RequestListener => {
  const answers: Readonly<Record<string, (response: ServerResponse) => void | Promise<void>>> = {
    '/livez': (response) => answerStatus(response, isLive()),
    '/readyz': (response) => answerStatus(response, isReady()),
    '/metrics': (response) => answerMetrics(response, metrics),
  };
  return (request, response) => {
    const path = pathOf(request);
    const answer = request.method === 'GET' ? answers[path] : undefined;
    if (answer) void answer(response);
    else answerJson(response, 404, { status: 'unknown', problems: ['only /livez, /readyz and /metrics are here'] });
  };
};

const pathOf = ({ url = '' }: IncomingMessage): string => url.replace(/\?.*$/s, '');

const answerStatus = (response: ServerResponse, problem: string | undefined): void => {
  if (problem === undefined) answerJson(response, 200, { status: 'ok', problems: [] });
  else answerJson(response, 503, { status: 'failing', problems: [problem] });
};

const answerMetrics = async (response: ServerResponse, metrics: () => Promise<string>): Promise<void> => {
  try {
    const text = await metrics();
    response.writeHead(200, { 'content-type': prometheusType }).end(text);
  } catch (error) {
    answerStatus(response, `the metrics cannot be read: ${(error as Error).message}`);
  }
};

const answerJson = (
  response: ServerResponse,
  code: number,
  body: { readonly status: string; readonly problems: readonly string[] },
): void => {
  response.writeHead(code, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
};
