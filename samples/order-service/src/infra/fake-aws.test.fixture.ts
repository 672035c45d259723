import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a function made, as IAM would be asked about it: once for each part of a transaction. */
export interface Asked {
  /** The first part of the path: whoever asks says so in its endpoint. */
  readonly by: string;
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** The table, or what else it is about. */
  readonly resource: string;
  /** The hash key of the item. */
  readonly key?: string | undefined;
}

/** Answers of services in which there is nothing yet, and which take everything. */
const ANSWERS: Readonly<Record<string, object>> = {
  Query: { Items: [], Count: 0, ScannedCount: 0 },
  BatchGetItem: { Responses: {}, UnprocessedKeys: {} },
  PutEvents: { FailedEntryCount: 0, Entries: [{ EventId: '6a7e8feb-b491-4cf7-a9f1-bf3703467718' }] },
  CreateSchedule: { ScheduleArn: 'arn:aws:scheduler:eu-central-1:123456789012:schedule/timers/one' },
};

/** Somebody is connected, so that there is somebody to send to, and somebody to forget. */
const CONNECTED = {
  Items: [{ customer: { S: 'ada' }, connection: { S: 'XfGLweANtjMCEqQ=' }, openedAt: { N: '1767323045678' } }],
  Count: 1,
  ScannedCount: 1,
};

/** Speaks as much of the protocols of AWS as the functions of the service ask for, and keeps what they ask. */
export async function fakeAws() {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [, by = '', ...path] = (request.url ?? '').split('/');
      const target = String(request.headers['x-amz-target'] ?? '');
      const operation = target === '' ? restOperation(path) : (target.split('.')[1] ?? '');
      const body = JSON.parse(Buffer.concat(chunks).toString());
      asked.push(...toAsked(operation, body, path).map((each) => ({ by, ...each })));
      response.setHeader(
        'content-type',
        target.startsWith('AWSEvents') ? 'application/x-amz-json-1.1' : 'application/x-amz-json-1.0',
      );
      response.end(JSON.stringify(body.TableName === 'connections' ? CONNECTED : (ANSWERS[operation] ?? {})));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    asked,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Protocols without a header that names the operation say it by the path. */
function restOperation([collection]: readonly string[]): string {
  return collection === '@connections' ? 'PostToConnection' : 'CreateSchedule';
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of requests, as the SDK writes them
function toAsked(operation: string, body: any, path: readonly string[]): Omit<Asked, 'by'>[] {
  switch (operation) {
    case 'TransactWriteItems':
      return body.TransactItems.flatMap(({ Put, Update, Delete, ConditionCheck }: Record<string, Part | undefined>) => [
        ...(Put ? [item('PutItem', Put)] : []),
        ...(Update ? [item('UpdateItem', Update)] : []),
        ...(Delete ? [item('DeleteItem', Delete)] : []),
        ...(ConditionCheck ? [item('ConditionCheckItem', ConditionCheck)] : []),
      ]);
    case 'BatchGetItem':
      return Object.keys(body.RequestItems).map((table) => ({ action: 'dynamodb:BatchGetItem', resource: table }));
    case 'Query':
      return [
        {
          action: 'dynamodb:Query',
          resource: body.IndexName ? `${body.TableName}/index/${body.IndexName}` : body.TableName,
        },
      ];
    case 'PutEvents':
      return [{ action: 'events:PutEvents', resource: body.Entries[0].EventBusName }];
    case 'PostToConnection':
      return [{ action: 'execute-api:ManageConnections', resource: path.join('/') }];
    case 'CreateSchedule':
      return [{ action: 'scheduler:CreateSchedule', resource: path.join('/') }];
    default:
      return [item(operation, body)];
  }
}

interface Part {
  readonly TableName: string;
  readonly Item?: Readonly<Record<string, { readonly S?: string }>>;
  readonly Key?: Readonly<Record<string, { readonly S?: string }>>;
}

function item(operation: string, { TableName, Item, Key }: Part) {
  const { stream } = Item ?? Key ?? {};
  return { action: `dynamodb:${operation}`, resource: TableName, key: stream?.S };
}
