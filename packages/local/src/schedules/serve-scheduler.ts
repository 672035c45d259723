import { systemRandom } from '@everfold/core';
import { uuidFrom } from '../bus/uuid.js';
import { decodedSegments } from '../http/http-request.js';
import { listen } from '../http/listen.js';
import { parseScheduleRequest, type Schedule, scheduleArn } from './schedule.js';
import type { Scheduler } from './scheduler.js';
import { SchedulerRefusedError } from './scheduler-refused-error.js';

export interface ServeSchedulerOptions {
  /** 1 to 65535. Default 0: any that is free. */
  readonly port?: number;
}

/** A scheduler that the AWS SDK can reach. */
export interface SchedulerServer {
  /** The value for `AWS_ENDPOINT_URL_SCHEDULER`, or for a client's `endpoint`. */
  readonly endpoint: string;
  /** Answers what has begun, and takes nothing more. The scheduler itself runs on. */
  stop(): Promise<void>;
}

/**
 * Lets the AWS SDK create schedules on this machine: answers the actions `CreateSchedule`, `GetSchedule` and
 * `DeleteSchedule` of the EventBridge Scheduler API, and no other. Signatures are not checked.
 *
 * @throws PortInUseError when another program listens on the port.
 */
export async function serveScheduler(
  scheduler: Scheduler,
  { port = 0 }: ServeSchedulerOptions = {},
): Promise<SchedulerServer> {
  const remedy = 'Leave the port of the scheduler out: any other will do.';
  const listener = await listen((request) => answer(scheduler, request), { port, remedy });
  return { endpoint: `http://127.0.0.1:${listener.port}`, stop: () => listener.stop() };
}

async function answer(scheduler: Scheduler, request: Request): Promise<Response> {
  try {
    return toResponse(200, await act(scheduler, request));
  } catch (error) {
    if (error instanceof SchedulerRefusedError) {
      return toResponse(error.status, { Message: error.message }, error.type);
    }
    return toResponse(500, { Message: String(error) }, 'InternalServerException');
  }
}

/** REST as AWS speaks it: the name in the path, the group in the query or, to create, in the body. */
async function act(scheduler: Scheduler, request: Request): Promise<object> {
  const { pathname, searchParams } = new URL(request.url);
  const [collection, Name, ...rest] = decodedSegments(pathname) ?? [];
  if (collection !== 'schedules' || Name === undefined || rest.length > 0) throw unknownOperation(request, pathname);
  const name = { Name, GroupName: searchParams.get('groupName') ?? 'default' };
  switch (request.method) {
    case 'POST': {
      const body = parseJson(await request.text());
      return { ScheduleArn: await scheduler.createSchedule(parseScheduleRequest({ ...body, Name })) };
    }
    case 'GET':
      return toOutput(scheduler.getSchedule(name));
    case 'DELETE':
      await scheduler.deleteSchedule(name);
      return {};
    default:
      throw unknownOperation(request, pathname);
  }
}

/** Times are in seconds since 1970. */
function toOutput({ createdAt, isCompleted: _isCompleted, ClientToken: _token, ...schedule }: Schedule): object {
  const seconds = createdAt / 1000;
  return { ...schedule, Arn: scheduleArn(schedule), CreationDate: seconds, LastModificationDate: seconds };
}

function parseJson(body: string): object {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // Answered below.
  }
  throw new SchedulerRefusedError('ValidationException', 'The body of the request is no JSON object.');
}

function unknownOperation({ method }: Request, path: string): SchedulerRefusedError {
  const message = `This scheduler knows only POST, GET and DELETE of /schedules/{Name}, not ${method} ${path}.`;
  return new SchedulerRefusedError('UnknownOperationException', message);
}

function toResponse(status: number, answer: object, errorType?: string): Response {
  const headers = new Headers({ 'content-type': 'application/json', 'x-amzn-requestid': uuidFrom(systemRandom) });
  if (errorType !== undefined) headers.set('x-amzn-errortype', errorType);
  return new Response(JSON.stringify(answer), { status, headers });
}
