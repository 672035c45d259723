/* Events as AWS hands them to functions, one for each of the service's. */

const order = {
  customerId: 'ada',
  placedAt: '2026-01-02T03:04:05.678Z',
  lines: [{ productId: 'lamp', units: 2 }],
  amountCents: 4_200,
  paymentToken: 'tok_ok',
  postcode: '01234',
};

/** What the JWT authorizer has found in a token of a user pool. */
const claims = {
  sub: order.customerId,
  username: order.customerId,
  iss: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc123',
  client_id: '1example23456789',
  token_use: 'access',
  scope: 'aws.cognito.signin.user.admin',
  version: '2',
  auth_time: '1767323000',
  iat: '1767323000',
  exp: '1767326600',
  jti: '0c1d2e3f-0000-4000-8000-000000000000',
  origin_jti: '0c1d2e3f-0000-4000-8000-000000000001',
  event_id: '0c1d2e3f-0000-4000-8000-000000000002',
};

/** As API Gateway sends it, payload format 2.0. */
function http(
  routeKey: string,
  more: { readonly pathParameters?: object; readonly queryStringParameters?: object; readonly body?: object },
) {
  const [method, path] = routeKey.split(' ');
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      host: 'abc123.execute-api.eu-central-1.amazonaws.com',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      authorizer: { jwt: { claims, scopes: null } },
      domainName: 'abc123.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'abc123',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl/8.7.1' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey,
      stage: '$default',
      time: '02/Jan/2026:03:04:05 +0000',
      timeEpoch: 1_767_323_045_678,
    },
    isBase64Encoded: false,
    ...more,
    ...(more.body && { body: JSON.stringify(more.body) }),
  };
}

/** As the event source mapping of a table's stream sends it. */
const stream = {
  Records: [
    {
      eventID: 'c4ca4238a0b923820dcc509a6f75849b',
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      eventSourceARN: 'arn:aws:dynamodb:eu-central-1:123456789012:table/events/stream/2026-01-01T00:00:00.000',
      dynamodb: {
        ApproximateCreationDateTime: 1_767_323_045,
        Keys: { stream: { S: 'order-7' }, version: { N: '1' } },
        NewImage: {
          stream: { S: 'order-7' },
          version: { N: '1' },
          last: { N: '1' },
          commit: { S: '01KDZ0000000000000000000AA' },
          at: { S: '2026-01-02T03:04:05.678Z' },
          types: { SS: ['OrderPlaced'] },
          events: { S: JSON.stringify([{ type: 'OrderPlaced', data: { orderId: '7', order } }]) },
          meta: { S: JSON.stringify({ correlationId: 'r1', causationId: 'r1', saga: 'fulfilment', sagaVersion: 1 }) },
        },
        SequenceNumber: '111111111111111111111',
        SizeBytes: 420,
        StreamViewType: 'NEW_IMAGE',
      },
    },
  ],
};

/** As the mapping of a queue sends what a rule has put there. */
function bus(type: string, stream: string, data: object) {
  const event = {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': type,
    source: 'everfold.order-service',
    account: '123456789012',
    time: '2026-01-02T03:04:05Z',
    region: 'eu-central-1',
    resources: [],
    detail: {
      id: '01KDZ0000000000000000000AA.0',
      stream,
      category: stream.split('-')[0],
      version: 1,
      at: '2026-01-02T03:04:05.678Z',
      data: { orderId: '7', ...data },
      metadata: { correlationId: 'r1', causationId: 'r1', saga: 'fulfilment', sagaVersion: 1 },
    },
  };
  return {
    Records: [
      {
        messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
        receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
        body: JSON.stringify(event),
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: '1767323045678',
          SenderId: 'AIDAIENQZJOLO23YVJ4VO',
          ApproximateFirstReceiveTimestamp: '1767323045679',
        },
        messageAttributes: {},
        md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:queue',
        awsRegion: 'eu-central-1',
      },
    ],
  };
}

/** As the mapping of a queue sends what a rule has put there at its time. */
const scheduled = (() => {
  const { Records } = bus('Scheduled Event', 'none-0', {});
  const event = {
    version: '0',
    id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '123456789012',
    time: '2026-01-02T03:04:00Z',
    region: 'eu-central-1',
    resources: ['arn:aws:events:eu-central-1:123456789012:rule/sweep'],
    detail: {},
  };
  return { Records: Records.map((record) => ({ ...record, body: JSON.stringify(event) })) };
})();

/** As API Gateway sends it for a route of a WebSocket API. */
function socket(routeKey: string, eventType: string, more: object = {}) {
  return {
    ...more,
    requestContext: {
      routeKey,
      eventType,
      extendedRequestId: 'XfGLwFTktjMFsLg=',
      requestTime: '02/Jan/2026:03:04:05 +0000',
      messageDirection: 'IN',
      stage: 'live',
      connectedAt: 1_767_323_045_678,
      requestTimeEpoch: 1_767_323_045_679,
      identity: { sourceIp: '192.0.2.1' },
      requestId: 'XfGLwFTktjMFsLg=',
      domainName: 'abc123.execute-api.eu-central-1.amazonaws.com',
      connectionId: 'XfGLweANtjMCEqQ=',
      apiId: 'abc123',
    },
    isBase64Encoded: false,
  };
}

/** Stands where a token of the issuer is to be: it is signed when the test runs. */
export const TOKEN = '<token>';

const forOrder = { pathParameters: { id: '7' } };
const noFailures = { batchItemFailures: [] };

/** What each function is called with, and what it answers where the tables are empty: the status of its answer, or all of it. */
export const calls: Readonly<Record<string, { readonly event: unknown; readonly answer: unknown }>> = {
  'place-order': {
    event: http('POST /orders', { body: { orderId: '7', ...order, customerId: undefined, placedAt: undefined } }),
    answer: { statusCode: 202 },
  },
  'get-order': { event: http('GET /orders/{id}', forOrder), answer: { statusCode: 404 } },
  'cancel-order': {
    event: http('POST /orders/{id}/cancellation', { ...forOrder, body: {} }),
    answer: { statusCode: 404 },
  },
  'decide-approval': {
    event: http('POST /orders/{id}/approval', { ...forOrder, body: { approved: true, by: 'grace' } }),
    answer: { statusCode: 409 },
  },
  'get-fulfilment': { event: http('GET /orders/{id}/fulfilment', forOrder), answer: { statusCode: 404 } },
  'list-orders': {
    event: http('GET /orders', { queryStringParameters: { status: 'completed' } }),
    answer: { statusCode: 200 },
  },
  'get-revenue': { event: http('GET /revenue', {}), answer: { statusCode: 200 } },
  'publish-events': { event: stream, answer: noFailures },
  'project-orders': { event: stream, answer: noFailures },
  'project-revenue': { event: stream, answer: noFailures },
  'track-fulfilment': { event: stream, answer: noFailures },
  'reserve-stock': { event: bus('OrderPlaced', 'order-7', { order }), answer: null },
  'await-approval': {
    event: bus('InventoryReserved', 'reservation-7', { order: { ...order, amountCents: 10_000_000 } }),
    answer: null,
  },
  'charge-payment': { event: bus('InventoryReserved', 'reservation-7', { order }), answer: null },
  'ship-order': {
    event: bus('PaymentCaptured', 'payment-7', { order, amountCents: order.amountCents }),
    answer: null,
  },
  'issue-stock': {
    event: bus('ShipmentDispatched', 'shipment-7', { order, trackingNumber: 'T1' }),
    answer: null,
  },
  'end-order': { event: bus('InventoryIssued', 'issue-7', { order, units: 2 }), answer: null },
  'sweep-fulfilment': { event: scheduled, answer: null },
  'notify-customer': { event: bus('OrderCompleted', 'fulfilment.end-7', { order }), answer: null },
  'connect-customer': {
    event: socket('$connect', 'CONNECT', { headers: { Host: 'abc123', 'Sec-WebSocket-Protocol': `bearer, ${TOKEN}` } }),
    answer: { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'bearer' } },
  },
  'disconnect-customer': { event: socket('$disconnect', 'DISCONNECT'), answer: { statusCode: 200 } },
  'push-status': { event: bus('OrderCompleted', 'fulfilment.end-7', { order }), answer: null },
};
