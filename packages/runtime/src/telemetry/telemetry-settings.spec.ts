import { expect, test } from '@jest/globals';
import { readEnvironment } from '../environment.ts';
import { telemetryFields } from './telemetry-settings.ts';

test('nothing needs to be set', () => {
  expect(readEnvironment(telemetryFields, {})).toEqual({ ALO_LOG_LEVEL: 'info', ALO_HTTP_PORT: 8080 });
});

test('all of it can be', () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_SERVICE_NAME: 'alo-engine',
    ALO_LOG_LEVEL: 'debug',
    ALO_HTTP_PORT: '0',
  };
  expect(readEnvironment(telemetryFields, env)).toEqual({ ...env, ALO_HTTP_PORT: 0 });
});

test.each([
  { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, problem: 'must begin with http:// or https://' },
  { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://' }, problem: 'must begin with http:// or https://' },
  { env: { ALO_LOG_LEVEL: 'loud' }, problem: 'must be one of trace, debug, info, warn, error, fatal, silent' },
  { env: { ALO_HTTP_PORT: '65536' }, problem: 'must be a whole number from 0 to 65535' },
  { env: { ALO_HTTP_PORT: '-1' }, problem: 'must be a whole number from 0 to 65535' },
])('$env is refused: $problem', ({ env, problem }) => {
  const [name = ''] = Object.keys(env);
  expect(() => readEnvironment(telemetryFields, env)).toThrow(`${name} ${problem}`);
});
