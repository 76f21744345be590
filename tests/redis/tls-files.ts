import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export type TlsFiles = {
  readonly ca: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly remove: () => Promise<void>;
};

/** A CA of one's own, and a certificate of it for some names. Rejects where there is no openssl. */
export const makeTlsFiles = async (names = 'IP:127.0.0.1'): Promise<TlsFiles> => {
  const folder = await mkdtemp(join(tmpdir(), 'alo-tls-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execute('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=test-ca', '-keyout', 'ca.key', '-out', 'ca.crt');
  await openssl('req', ...newKey, '-subj', '/CN=test-redis', '-keyout', 'redis.key', '-out', 'redis.csr');
  await writeFile(file('names'), `subjectAltName=${names}`);
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  await openssl('x509', '-req', '-in', 'redis.csr', ...signed, '-out', 'redis.crt');
  return {
    ca: await readFile(file('ca.crt'), 'utf8'),
    caFile: file('ca.crt'),
    certificateFile: file('redis.crt'),
    keyFile: file('redis.key'),
    remove: () => rm(folder, { recursive: true }),
  };
};
