import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { compose, mountsOf, root, serviceOf, services, textOf } from './compose-file.ts';

/** Services that go on and cannot be asked how they are, and why. */
const unasked: Readonly<Record<string, string>> = {
  collector: 'its image holds nothing that could ask',
  triggers: 'what it prints is all that it is for',
};

const isOneShot = ({ restart }: { readonly restart: string }) => restart === 'no';
const imagesOfDockerfile = [...textOf('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image as string);

describe('docker-compose.yml', () => {
  test('has what the project needs, and two engines', () => {
    const needed = ['kafka', 'redis', 'setup', 'intake', 'engine', 'clock', 'sample', 'triggers'];
    const telemetry = ['collector', 'prometheus', 'grafana', 'tempo'];
    expect(services.map(({ name }) => name)).toEqual(expect.arrayContaining([...needed, ...telemetry]));
    expect(serviceOf('engine').deploy?.replicas).toBe(2);
  });

  test('declares each volume that it mounts, and mounts each that it declares', () => {
    const named = services.flatMap((service) => mountsOf(service).filter(({ isPath }) => !isPath));
    expect(named.map(({ from }) => from).sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test('is reached from this machine alone', () => {
    const ports = services.flatMap(({ ports = [] }) => ports);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
  });
});

test.each([...services.map(({ image }) => image), ...imagesOfDockerfile])(
  'image %s is pinned to a version',
  (image) => {
    expect(image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+\.\d+(-[a-z0-9.-]+)?$/);
  },
);

test.each(services)('service $name has commands of text alone', ({ entrypoint = [], command = [], healthcheck }) => {
  const parts = [...entrypoint, ...command, ...(healthcheck?.test ?? [])];
  expect(parts.filter((part) => typeof part !== 'string')).toEqual([]);
});

test.each(services)('service $name gains nothing by being broken into', (service) => {
  expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
  expect(service).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  });
});

test.each(services)('service $name mounts only what is there, and can write to none of it', (service) => {
  const paths = mountsOf(service).filter(({ isPath }) => isPath);
  expect(paths.filter(({ from }) => !existsSync(join(root, from)))).toEqual([]);
  expect(paths.filter(({ mode }) => mode !== 'ro')).toEqual([]);
});

test.each(services)('service $name is asked how it is, ends by itself, or says why neither', (service) => {
  const { healthcheck } = service;
  const kinds = {
    asked: /^CMD/.test(healthcheck?.test?.[0] ?? ''),
    'one-shot': isOneShot(service),
    unasked: healthcheck?.disable === true && unasked[service.name] !== undefined,
  };
  expect(Object.values(kinds).filter(Boolean)).toHaveLength(1);
});

test.each(services)('service $name waits only for what can come about', ({ depends_on = {} }) => {
  const vain = Object.entries(depends_on).filter(([name, { condition }]) => {
    const other = serviceOf(name);
    if (condition === 'service_completed_successfully') return !isOneShot(other);
    return condition !== 'service_healthy' || other.healthcheck?.test === undefined;
  });
  expect(vain).toEqual([]);
});
