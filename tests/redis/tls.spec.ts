import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { connectRedis, type RedisConnection } from '../../packages/runtime/src/redis/connection.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { freePort } from '../servers/free-port.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { settingsOf } from './redis-at-hand.ts';
import { appliedAt, change, contentsOf, outcomeOf, owned } from './states-at-hand.ts';
import { makeTlsFiles, type TlsFiles } from './tls-files.ts';

describeWithServers(['own redis'], 'a Redis with TLS', () => {
  let files: TlsFiles;
  let server: RedisServer | undefined;
  let tlsPort = 0;
  let opened: RedisConnection[] = [];

  beforeAll(async () => {
    [files, tlsPort] = [await makeTlsFiles(), await freePort()];
    const keys = ['--tls-cert-file', files.certificateFile, '--tls-key-file', files.keyFile];
    const args = ['--tls-port', `${tlsPort}`, ...keys, '--tls-ca-cert-file', files.caFile, '--tls-auth-clients', 'no'];
    server = await startRedis({ args }).catch((error) => {
      if (process.env.CI === 'true') throw error;
      process.stderr.write(
        '\nTESTS OF TLS ARE SKIPPED. This redis-server was built without TLS: install one with.\n\n',
      );
      return undefined;
    });
  }, serversMsMax);
  afterEach(async () => {
    await Promise.all(opened.map((connection) => connection.close()));
    opened = [];
  });
  afterAll(async () => {
    await server?.remove();
    await files?.remove();
  });

  const connect = (url: string, ca?: string) => {
    const settings = { ...settingsOf(url), ...(ca !== undefined && { REDIS_TLS_CA: ca }) };
    const connection = connectRedis(settings, { name: 'test' });
    opened.push(connection);
    return connection;
  };
  const url = () => `rediss://127.0.0.1:${tlsPort}`;
  const whyNot = (connection: RedisConnection, withinMs = 1000) => outcomeOf(connection.whenReady(withinMs));

  /** Skipped, loudly, where there is no TLS to be had. */
  const testTls = (title: string, body: () => Promise<void>) =>
    test(title, async () => {
      if (server) await body();
    });

  testTls('holds states like any other', async () => {
    const connection = connect(url(), files.ca);
    await connection.whenReady(10_000);
    const states = await owned(connection, 'alo');
    const many = Array.from({ length: 2000 }, (_, n) => change(`s-${n}`, n, 'x'.repeat(300)));
    await states.apply(many, appliedAt(1));
    expect((await contentsOf(states)).subscribers.length).toBe(2000);
  });

  testTls('is not believed without its CA', async () => {
    expect(await whyNot(connect(url()))).toBe(
      `InfrastructureError: Redis at ${url()} has a certificate that is not trusted: REDIS_TLS_CA must name the CA that signed it`,
    );
  });

  testTls('is not believed under another name', async () => {
    const other = `rediss://localhost:${tlsPort}`;
    expect(await whyNot(connect(other, files.ca))).toBe(
      `InfrastructureError: Redis at ${other} has a certificate for another host name`,
    );
  });

  testTls('says so where TLS is asked of a port without', async () => {
    const plain = `rediss://127.0.0.1:${server?.port}`;
    expect(await whyNot(connect(plain, files.ca), 4500)).toBe(
      `InfrastructureError: Redis at ${plain} does not answer (timed out) (a port without TLS needs redis://)`,
    );
  });

  testTls('says so where none is asked of its port', async () => {
    const plain = `redis://127.0.0.1:${tlsPort}`;
    expect(await whyNot(connect(plain))).toMatch(
      /^InfrastructureError: Redis at \S+ .*\(a port for TLS needs rediss:\/\/\)$/,
    );
  });

  testTls('says so where REDIS_TLS_CA holds no certificate', async () => {
    expect(await whyNot(connect(url(), 'no certificate'))).toMatch(
      /^InfrastructureError: Redis at \S+ has a certificate that is not trusted/,
    );
  });
});
