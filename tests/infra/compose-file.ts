import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = join(import.meta.dirname, '../..');
export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

export type ComposeService = {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly deploy?: { readonly replicas?: number };
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
};

export type NamedService = ComposeService & { readonly name: string };

type Compose = {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

export const compose = parse(textOf('docker-compose.yml'), { merge: true }) as Compose;

export const services: readonly NamedService[] = Object.entries(compose.services).map(([name, service]) => ({
  name,
  ...service,
}));

export const serviceOf = (name: string): NamedService => services.find((service) => service.name === name)!;

/** What compose puts in place of ${NAME:-default} where the variable is not set, and of $$. */
export const interpolated = (text: string): string => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll('$$', '$');

/** Parts of a volume's short form; `from` is a path of the project where it begins with a dot, else a volume's name. */
export const mountsOf = ({ volumes = [] }: ComposeService) =>
  volumes.map((volume) => {
    const [from = '', to = '', mode = 'rw'] = volume.split(':');
    return { from, to, mode, isPath: from.startsWith('.') };
  });

/** Where a file of the container's lies in the project: mounted, or copied into the image. */
export const projectPathOf = (service: ComposeService, path: string): string => {
  const mount = mountsOf(service).find(({ to, isPath }) => isPath && (path === to || path.startsWith(`${to}/`)));
  return join(root, mount ? mount.from + path.slice(mount.to.length) : path);
};
