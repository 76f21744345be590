import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WrongUse } from './errors.ts';
import { type HealthOptions, serveHealth } from './health.ts';

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

const well: HealthOptions = {
  port: 0,
  isLive: () => undefined,
  isReady: () => undefined,
  metrics: async () => 'alo_ticks_total 7\n',
};

const serve = async (options: Partial<HealthOptions> = {}) => {
  const server = await serveHealth({ ...well, ...options });
  endings.push(server.close);
  return server;
};

const ask = async (port: number, path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  const body = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), body };
};

describe.each([
  { path: '/livez', question: 'isLive' as const, other: 'isReady' as const },
  { path: '/readyz', question: 'isReady' as const, other: 'isLive' as const },
])('$path', ({ path, question, other }) => {
  test('is 200 while there is nothing to say', async () => {
    const { port } = await serve({ [other]: () => 'no business of this one' });
    expect(await ask(port, path)).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: '{"status":"ok","problems":[]}',
    });
  });

  test('is 503 with the sentence that says why, until that is over', async () => {
    let problem: string | undefined = 'partition 3 is paused: "Redis" does not answer';
    const { port } = await serve({ [question]: () => problem });
    const answer = await ask(port, path);
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toEqual({ status: 'failing', problems: [problem] });
    problem = undefined;
    expect((await ask(port, path)).status).toBe(200);
  });

  test('does not mind what stands behind a question mark', async () => {
    const { port } = await serve();
    expect((await ask(port, `${path}?verbose=1`)).status).toBe(200);
  });
});

describe('/metrics', () => {
  test('is the text that Prometheus reads', async () => {
    const { port } = await serve();
    expect(await ask(port, '/metrics')).toEqual({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: 'alo_ticks_total 7\n',
    });
  });

  test('is 503 where they cannot be read, and the server goes on', async () => {
    const { port } = await serve({
      metrics: async () => {
        throw new Error('all is shut down');
      },
    });
    const answer = await ask(port, '/metrics');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body).problems).toEqual(['the metrics cannot be read: all is shut down']);
    expect((await ask(port, '/livez')).status).toBe(200);
  });
});

test.each([
  { path: '/', method: 'GET' },
  { path: '/livez/', method: 'GET' },
  { path: '/toString', method: 'GET' },
  { path: '/__proto__', method: 'GET' },
  { path: '//', method: 'GET' },
  { path: '/livez', method: 'POST' },
  { path: '/metrics', method: 'DELETE' },
])('$method $path is 404', async ({ path, method }) => {
  const { port } = await serve();
  const { status, body } = await ask(port, path, method);
  expect(status).toBe(404);
  expect(JSON.parse(body).problems).toHaveLength(1);
});

test('a port that is in use is refused with one sentence', async () => {
  const other = createServer();
  endings.push(async () => other.close());
  await once(other.listen(0), 'listening');
  const { port } = other.address() as AddressInfo;
  const serving = serve({ port });
  await expect(serving).rejects.toThrow(WrongUse);
  await expect(serving).rejects.toThrow(
    `port ${port} is in use: ALO_HTTP_PORT must name another, or 0 for any that is free`,
  );
});

test('once it is closed nobody is answered, and its port is free', async () => {
  const { port, close } = await serve();
  await ask(port, '/livez');
  await close();
  await expect(ask(port, '/livez')).rejects.toThrow();
  await close();
  expect((await serve({ port })).port).toBe(port);
});

test('closing waits for nobody who is slow to ask', async () => {
  const { port, close } = await serve({ metrics: () => new Promise(() => undefined) });
  const asking = ask(port, '/metrics').catch(() => 'cut');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await close();
  expect(await asking).toBe('cut');
});
