import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineAddresses, whyNoEngine } from './docker-engine.js';

let home: string;
const servers: Server[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'engine-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(home, { recursive: true });
});

describe('engineAddresses', () => {
  it('takes DOCKER_HOST at its word', () => {
    const environment = { DOCKER_HOST: 'tcp://build-box:2376' };

    expect(engineAddresses({ environment, platform: 'linux', home })).toEqual([{ host: 'build-box', port: 2376 }]);
  });

  it('knows the usual sockets', () => {
    const environment = { XDG_RUNTIME_DIR: '/run/user/7' };

    expect(engineAddresses({ environment, platform: 'linux', home: '/home/ada', userId: 7 })).toEqual([
      { path: '/var/run/docker.sock' },
      { path: '/run/user/7/docker.sock' },
      { path: '/home/ada/.docker/run/docker.sock' },
      { path: '/home/ada/.docker/desktop/docker.sock' },
      { path: '/run/user/7/docker.sock' },
    ]);
  });

  it('knows the named pipe of Windows', () => {
    expect(engineAddresses({ environment: {}, platform: 'win32', home: 'C:\\Users\\ada' })).toEqual([
      { path: '//./pipe/docker_engine' },
    ]);
  });

  it('reads the engine in the properties of Testcontainers', async () => {
    await writeFile(join(home, '.testcontainers.properties'), 'ryuk.disabled=true\ndocker.host = unix:///opt/d.sock\n');

    expect(engineAddresses({ environment: {}, platform: 'linux', home })).toEqual([{ path: '/opt/d.sock' }]);
  });

  it('goes on to the usual ones when it cannot read DOCKER_HOST', () => {
    const environment = { DOCKER_HOST: 'ssh://box' };

    expect(engineAddresses({ environment, platform: 'win32', home })).toEqual([{ path: '//./pipe/docker_engine' }]);
  });
});

describe.skipIf(process.platform === 'win32')('whyNoEngine', () => {
  /** A socket at which a server does `answer`. */
  function listen(answer: string | undefined): Promise<string> {
    const path = join(home, `${servers.length}.sock`);
    const server = createServer((socket) => {
      if (answer !== undefined) socket.end(answer);
    });
    servers.push(server);
    return new Promise((resolve) => server.listen(path, () => resolve(path)));
  }

  it('is satisfied when one of the addresses answers', async () => {
    const path = await listen('HTTP/1.0 200 OK\r\n\r\nOK');

    expect(await whyNoEngine([{ path: join(home, 'none.sock') }, { path }])).toBeUndefined();
  });

  it('says so when there is no socket at all', async () => {
    expect(await whyNoEngine([{ path: join(home, 'none.sock') }])).toBe('No Docker engine is running here.');
  });

  it('gives up after a second on an engine that does not answer', async () => {
    const path = await listen(undefined);

    expect(await whyNoEngine([{ path }])).toBe(`No Docker engine answers (${path}: no answer within 1000 ms).`);
  });

  it('says what is wrong with a port that nobody listens on', async () => {
    expect(await whyNoEngine([{ host: '127.0.0.1', port: 1 }])).toBe(
      'No Docker engine answers (127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1).',
    );
  });
});
