import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root, services, textOf } from './compose-file.ts';

const dockerfile = textOf('Dockerfile');
const instructions = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line));
const manifest = JSON.parse(textOf('package.json')) as { optionalDependencies: Record<string, string> };
const ignored = textOf('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** Docker's own patterns: * stays within a folder, dots are letters like any other. */
const formOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern.replaceAll('.', '\\.').replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(.*/)?'))}$`,
  );

/** Whether a file enters the image: the last line of .dockerignore that fits it or a folder it is in decides. */
const isCopied = (file: string): boolean =>
  ignored.reduce((copied, line) => {
    const pattern = line.replace(/^!/, '');
    const parts = file.split('/');
    const fits = parts.some((_, n) => formOf(pattern).test(parts.slice(0, n + 1).join('/')));
    return fits ? line.startsWith('!') : copied;
  }, true);

describe('the image', () => {
  test('has the very Node of the lockfile', () => {
    const tags = [...dockerfile.matchAll(/^FROM node:(\d+\.\d+\.\d+)-/gm)].map(([, version]) => version);
    expect(tags).toHaveLength(3);
    expect(new Set([...tags, ...Object.values(manifest.optionalDependencies)]).size).toBe(1);
  });

  test('runs as somebody who owns nothing in it', () => {
    expect(instructions.filter((line) => line.startsWith('USER'))).toEqual(['USER 1000:1000']);
    expect(instructions.filter((line) => line.startsWith('COPY')).join()).not.toContain('--chown');
  });

  test('has what its programs import at run time: no dependency of development', () => {
    expect(dockerfile).toContain('npm ci --omit=dev');
  });

  test.each(services.filter(({ build }) => build !== undefined))('can run $name', ({ command = [], entrypoint }) => {
    const program = entrypoint ? 'services/cli/bin/alo.js' : command[0]!;
    expect(isCopied(program)).toBe(true);
    expect(existsSync(join(root, program))).toBe(true);
  });

  test.each([
    ...['package.json', 'package-lock.json', '.npmrc', 'tests/package.json'],
    ...['packages/domain/src/fold.ts', 'services/cli/bin/alo.js', 'services/cli/package.json'],
    ...['infra/kafka/topics.json', 'infra/policies/mobifone.json'],
  ])('holds %s', (file) => {
    expect(isCopied(file)).toBe(true);
    expect(existsSync(join(root, file))).toBe(true);
  });

  test.each([
    ...['.git/config', '.env', 'services/engine/.env.local', 'node_modules/zod/index.js', 'alo-data/alo.db'],
    ...['packages/domain/node_modules/x/index.js', 'packages/domain/src/fold.spec.ts', 'tests/cli/kill.spec.ts'],
    ...['infra/redis/redis.conf', 'services/cli/npm-debug.log'],
  ])('does not hold %s', (file) => {
    expect(isCopied(file)).toBe(false);
  });

  test('has a manifest of every workspace, or npm would refuse the lockfile', () => {
    const manifests = globSync('{packages,services}/*/package.json', { cwd: root }).concat('tests/package.json');
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: object };
    const locked = Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules'));
    expect(manifests.map((file) => file.replace(/\/package\.json$/, '')).sort()).toEqual(locked.sort());
    expect(manifests.filter((file) => !isCopied(file))).toEqual([]);
  });
});
