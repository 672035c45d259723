import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findJava, parseJavaVersion } from './java-runtime.js';

describe('parseJavaVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['java version "1.8.0_412"\nJava(TM) SE Runtime Environment', 8],
    ['openjdk version "11.0.2" 2019-01-15', 11],
    ['openjdk version "24-ea" 2025-03-18', 24],
    ['openjdk version "9"', 9],
  ])('reads the feature release in %j', (output, version) => {
    expect(parseJavaVersion(output)).toBe(version);
  });

  it('finds none in what names none', () => {
    expect(parseJavaVersion('Unable to locate a Java Runtime.')).toBeUndefined();
  });
});

describe.skipIf(process.platform === 'win32')('findJava', () => {
  const homes: string[] = [];

  afterEach(async () => {
    await Promise.all(homes.splice(0).map((home) => rm(home, { recursive: true })));
  });

  /** A JAVA_HOME whose `java` is the script. */
  async function javaHome(script: string): Promise<string> {
    const home = await mkdtemp(join(tmpdir(), 'java-home-'));
    homes.push(home);
    await mkdir(join(home, 'bin'));
    await writeFile(join(home, 'bin', 'java'), `#!/bin/sh\n${script}\n`);
    await chmod(join(home, 'bin', 'java'), 0o755);
    return home;
  }

  it('takes the Java of JAVA_HOME', async () => {
    const home = await javaHome(`echo 'openjdk version "11.0.2"' >&2`);

    expect(await findJava({ JAVA_HOME: home })).toEqual({ command: join(home, 'bin', 'java') });
  });

  it('refuses a Java that is too old', async () => {
    const home = await javaHome(`echo 'java version "1.8.0_412"' >&2`);

    expect(await findJava({ JAVA_HOME: home })).toEqual({
      reason: `"${join(home, 'bin', 'java')}" is Java 8, which is too old.`,
    });
  });

  it('passes on what a Java that fails has to say', async () => {
    const home = await javaHome(`echo 'Unable to locate a Java Runtime.' >&2; exit 1`);

    expect(await findJava({ JAVA_HOME: home })).toEqual({
      reason: `"${join(home, 'bin', 'java')} -version" failed: Unable to locate a Java Runtime.`,
    });
  });

  it('says that there is none', async () => {
    expect(await findJava({ JAVA_HOME: '/nowhere' })).toEqual({ reason: 'No "/nowhere/bin/java" was found.' });
  });
});
