import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Where a Docker engine may listen. */
export type EngineAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** What decides where Testcontainers looks for a Docker engine. */
export interface EngineSearch {
  readonly environment: { readonly DOCKER_HOST?: string | undefined; readonly XDG_RUNTIME_DIR?: string | undefined };
  readonly platform: string;
  readonly home: string;
  /** Numeric id of the user, for an engine that runs as this user. */
  readonly userId?: number | undefined;
}

/** Long enough for a busy engine on this machine, short enough to go on to Java without a pause. */
const PATIENCE_MS = 1_000;

/** The addresses that Testcontainers would try: the configured ones if there are any, else the usual ones. */
export function engineAddresses({ environment, platform, home, userId }: EngineSearch): EngineAddress[] {
  const configured = [configuredHost(home), environment.DOCKER_HOST].flatMap((host) => parseHost(host));
  if (configured.length > 0) return configured;
  if (platform === 'win32') return [{ path: '//./pipe/docker_engine' }];
  const paths = [
    '/var/run/docker.sock',
    ...(environment.XDG_RUNTIME_DIR ? [join(environment.XDG_RUNTIME_DIR, 'docker.sock')] : []),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    ...(userId === undefined ? [] : [`/run/user/${userId}/docker.sock`]),
  ];
  return paths.map((path) => ({ path }));
}

/** The engine that the user's Testcontainers properties name. */
function configuredHost(home: string): string | undefined {
  const file = join(home, '.testcontainers.properties');
  if (!existsSync(file)) return undefined;
  return /^\s*(?:docker|tc)\.host\s*=\s*(\S+)/m.exec(readFileSync(file, 'utf8'))?.[1];
}

function parseHost(host: string | undefined): EngineAddress[] {
  if (!host || !URL.canParse(host)) return [];
  const { protocol, pathname, hostname, port } = new URL(host);
  if (protocol === 'unix:' || protocol === 'npipe:') return [{ path: pathname }];
  if (!/^(?:tcp|https?):$/.test(protocol)) return [];
  return [{ host: hostname, port: Number(port) || 2375 }];
}

/** Whether a Docker engine answers: `undefined` if one does, else why none does, as a sentence. Takes a second at most. */
export async function whyNoEngine(addresses: readonly EngineAddress[]): Promise<string | undefined> {
  const candidates = addresses.filter((address) => !('path' in address) || existsSync(address.path));
  const troubles = await Promise.all(candidates.map(ping));
  if (troubles.includes(undefined)) return undefined;
  const seen = candidates.map((address, index) => `${nameOf(address)}: ${troubles[index]}`);
  return seen.length === 0 ? 'No Docker engine is running here.' : `No Docker engine answers (${seen.join('; ')}).`;
}

/** Any byte will do for an answer: an engine behind TLS answers this with a complaint. */
function ping(address: EngineAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const finish = (trouble?: string) => {
      socket.destroy();
      resolve(trouble);
    };
    socket.setTimeout(PATIENCE_MS, () => finish(`no answer within ${PATIENCE_MS} ms`));
    socket.on('connect', () => socket.write('GET /_ping HTTP/1.0\r\n\r\n'));
    socket.on('data', () => finish());
    socket.on('end', () => finish('it hung up'));
    socket.on('error', (error) => finish(error.message));
  });
}

function nameOf(address: EngineAddress): string {
  return 'path' in address ? address.path : `${address.host}:${address.port}`;
}
