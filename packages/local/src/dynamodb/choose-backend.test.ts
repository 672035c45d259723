import { InvalidArgumentError } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { type Attempt, chooseBackend, type Probes, type ServedBackend } from './choose-backend.js';
import { NoBackendError } from './no-backend-error.js';

/** Probes of which the named ones succeed, and a record of what was tried. */
function fakeProbes(...working: readonly ServedBackend[]) {
  const tried: ServedBackend[] = [];
  const probe = (backend: ServedBackend) => async (): Promise<Attempt<string>> => {
    tried.push(backend);
    return working.includes(backend) ? { server: `the ${backend} server` } : { reason: `No ${backend} today.` };
  };
  const probes: Probes<string> = { endpoint: probe('endpoint'), docker: probe('docker'), java: probe('java') };
  return { tried, probes };
}

const refused = (...backends: readonly ServedBackend[]) =>
  backends.map((backend) => ({ backend, reason: `No ${backend} today.` }));

describe('chooseBackend', () => {
  it('prefers Docker to Java', async () => {
    const { tried, probes } = fakeProbes('docker', 'java');

    const choice = await chooseBackend({}, probes);

    expect(choice).toEqual({ backend: 'docker', server: 'the docker server', passedOver: refused('endpoint') });
    expect(tried).toEqual(['endpoint', 'docker']);
  });

  it('falls through to Java and says why Docker was passed over', async () => {
    const { probes } = fakeProbes('java');

    const choice = await chooseBackend({}, probes);

    expect(choice).toEqual({ backend: 'java', server: 'the java server', passedOver: refused('endpoint', 'docker') });
  });

  it('takes an endpoint that is set', async () => {
    const { tried, probes } = fakeProbes('endpoint', 'docker', 'java');

    const choice = await chooseBackend({ DYNAMODB_ENDPOINT: 'http://localhost:8000' }, probes);

    expect(choice).toEqual({ backend: 'endpoint', server: 'the endpoint server', passedOver: [] });
    expect(tried).toEqual(['endpoint']);
  });

  it('never replaces an endpoint that does not answer by another backend', async () => {
    const { tried, probes } = fakeProbes('docker', 'java');

    const choice = chooseBackend({ DYNAMODB_ENDPOINT: 'http://localhost:1' }, probes);

    await expect(choice).rejects.toMatchObject({ code: 'NO_BACKEND', refusals: refused('endpoint') });
    expect(tried).toEqual(['endpoint']);
  });

  it.each(['endpoint', 'docker', 'java'] as const)('tries only %s when that is forced', async (backend) => {
    const { tried, probes } = fakeProbes('endpoint', 'docker', 'java');

    const choice = await chooseBackend({ EVERFOLD_DYNAMODB: backend }, probes);

    expect(choice).toEqual({ backend, server: `the ${backend} server`, passedOver: [] });
    expect(tried).toEqual([backend]);
  });

  it('prefers the forced backend to an endpoint that is set', async () => {
    const { tried, probes } = fakeProbes('endpoint', 'java');

    await chooseBackend({ EVERFOLD_DYNAMODB: 'java', DYNAMODB_ENDPOINT: 'http://localhost:8000' }, probes);

    expect(tried).toEqual(['java']);
  });

  it('fails when the forced backend cannot be had, though another could', async () => {
    const { probes } = fakeProbes('java');

    const choice = chooseBackend({ EVERFOLD_DYNAMODB: 'docker' }, probes);

    await expect(choice).rejects.toThrow(NoBackendError);
    await expect(choice).rejects.toThrow('EVERFOLD_DYNAMODB asks for "docker", which cannot be had here.');
  });

  it('tries nothing when memory is forced', async () => {
    const { tried, probes } = fakeProbes('endpoint', 'docker', 'java');

    expect(await chooseBackend({ EVERFOLD_DYNAMODB: 'memory' }, probes)).toEqual({ backend: 'memory' });
    expect(tried).toEqual([]);
  });

  it('takes an empty variable for one that is not set', async () => {
    const { probes } = fakeProbes('java');

    const choice = await chooseBackend({ EVERFOLD_DYNAMODB: '', DYNAMODB_ENDPOINT: '' }, probes);

    expect(choice.backend).toBe('java');
  });

  it('names a value that is no backend, and the allowed ones', async () => {
    const choice = chooseBackend({ EVERFOLD_DYNAMODB: 'podman' }, fakeProbes('java').probes);

    await expect(choice).rejects.toThrow(
      new InvalidArgumentError(
        'EVERFOLD_DYNAMODB is "podman". Set it to one of endpoint, docker, java, memory, or unset it.',
      ),
    );
  });

  it('names the three ways, and what is wrong with each, when there is none', async () => {
    const choice = chooseBackend({}, fakeProbes().probes);

    await expect(choice).rejects.toThrow(
      [
        'There is no DynamoDB to work with. Any of these ways leads to one:',
        '  endpoint: set DYNAMODB_ENDPOINT to the URL of a DynamoDB that runs. No endpoint today.',
        '  docker: start a Docker engine; the container amazon/dynamodb-local is then run in it. No docker today.',
        '  java: install Java 11 or later and the npm package amplify-dynamodb-simulator, whose jar is then run. No java today.',
      ].join('\n'),
    );
  });
});
