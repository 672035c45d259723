import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBus } from '../bus/bus.test.fixture.js';
import { handClock } from './clock.test.fixture.js';
import { Scheduler } from './scheduler.js';
import { onTheBus, START } from './scheduler.test.fixture.js';
import { type SchedulerServer, serveScheduler } from './serve-scheduler.js';

const ARN = 'arn:aws:scheduler:us-east-1:000000000000:schedule/shop/charge-42';

describe('a scheduler behind the AWS SDK', () => {
  let server: SchedulerServer;
  let client: SchedulerClient;

  beforeEach(async () => {
    const { bus } = startBus([]);
    server = await serveScheduler(new Scheduler({ bus, log: () => undefined, clock: handClock(START) }));
    client = new SchedulerClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  });

  afterEach(async () => {
    client.destroy();
    await server.stop();
  });

  it('creates a schedule, shows it and deletes it', async () => {
    const name = { Name: 'charge-42', GroupName: 'shop' };

    const created = await client.send(new CreateScheduleCommand({ ...onTheBus, ...name, Description: 'text' }));
    const { $metadata, ...shown } = await client.send(new GetScheduleCommand(name));
    await client.send(new DeleteScheduleCommand(name));

    expect(created.ScheduleArn).toBe(ARN);
    expect($metadata.httpStatusCode).toBe(200);
    expect(shown).toEqual({
      ...onTheBus,
      ...name,
      Arn: ARN,
      Description: 'text',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      CreationDate: new Date(START),
      LastModificationDate: new Date(START),
    });
    await expect(client.send(new GetScheduleCommand(name))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('has the client throw the exceptions of the service', async () => {
    await client.send(new CreateScheduleCommand(onTheBus));

    await expect(client.send(new CreateScheduleCommand(onTheBus))).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Schedule charge-42 already exists.',
      $metadata: { httpStatusCode: 409 },
    });
    await expect(
      client.send(new CreateScheduleCommand({ ...onTheBus, ScheduleExpression: 'at(noon)' })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Invalid Schedule Expression at(noon).'),
      $metadata: { httpStatusCode: 400 },
    });
    await expect(client.send(new DeleteScheduleCommand({ Name: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Schedule nobody does not exist.',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('knows no other action', async () => {
    await expect(client.send(new ListSchedulesCommand())).rejects.toMatchObject({ name: 'UnknownOperationException' });
    expect((await fetch(`${server.endpoint}/schedules/charge-42`, { method: 'PUT' })).status).toBe(404);
  });

  it.each(['{', '[', '7', ''])('refuses the body "%s"', async (body) => {
    const response = await fetch(`${server.endpoint}/schedules/charge-42`, { method: 'POST', body });

    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('ValidationException');
    expect(await response.json()).toEqual({ Message: expect.any(String) });
  });
});
