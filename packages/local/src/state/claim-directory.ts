import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StateInUseError } from './state-in-use-error.js';

/** Gives a directory free again. */
export type Release = () => Promise<void>;

/**
 * Has a directory to this process alone, as far as everybody asks here.
 *
 * What holds it is a socket that listens: the operating system closes it however the process ends, so that nobody has to
 * find out whether a lock that was left behind still means something.
 *
 * @throws StateInUseError when another process, or this one, has it.
 */
export async function claimDirectory(directory: string): Promise<Release> {
  const address = claimAddress(directory);
  const server = (await listen(address)) ?? (await takeOver(address));
  if (server === undefined) throw new StateInUseError(directory);
  return () => new Promise((done) => server.close(() => done()));
}

/** Where the socket is that holds a directory: its path must be short, which that of a directory may not be. */
export function claimAddress(directory: string): string {
  const name = `everfold-${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 24)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** The file of a socket outlives the process that listened. */
async function takeOver(address: string): Promise<Server | undefined> {
  if (await answers(address)) return undefined;
  await rm(address, { force: true });
  return listen(address);
}

/** `undefined` when something is at the address. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(undefined);
      else fail(error);
    });
    // The claim alone keeps no process alive.
    server.listen(address, () => done(server.unref()));
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(address);
    const finish = (isThere: boolean) => {
      socket.destroy();
      done(isThere);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
