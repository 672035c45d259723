import { describe, expect, it } from 'vitest';
import { toLambdaRecord } from './lambda-record.js';

const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/events/stream/2026-01-01T00:00:00.000';

describe('toLambdaRecord', () => {
  it('gives a record the shape that Lambda gives it', () => {
    const record = toLambdaRecord(
      {
        eventID: 'e1',
        eventName: 'MODIFY',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-west-1',
        dynamodb: {
          ApproximateCreationDateTime: new Date('2026-01-01T00:00:05Z'),
          Keys: { stream: { S: 'order-1' }, version: { N: '3' } },
          NewImage: { stream: { S: 'order-1' }, version: { N: '3' } },
          OldImage: { stream: { S: 'order-1' } },
          SequenceNumber: '000000000000000000042',
          SizeBytes: 99,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
        userIdentity: { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' },
      },
      ARN,
    );

    expect(record).toEqual({
      eventID: 'e1',
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      dynamodb: {
        ApproximateCreationDateTime: 1_767_225_605,
        Keys: { stream: { S: 'order-1' }, version: { N: '3' } },
        NewImage: { stream: { S: 'order-1' }, version: { N: '3' } },
        OldImage: { stream: { S: 'order-1' } },
        SequenceNumber: '000000000000000000042',
        SizeBytes: 99,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      userIdentity: { principalId: 'dynamodb.amazonaws.com', type: 'Service' },
      eventSourceARN: ARN,
    });
  });

  it('turns bytes into base64 text, at any depth, and leaves every other value as it is', () => {
    const bytes = new Uint8Array([0, 255, 16]).subarray(1);
    const { dynamodb } = toLambdaRecord(
      {
        dynamodb: {
          SequenceNumber: '1',
          NewImage: {
            s: { S: '' },
            n: { N: '1.50' },
            b: { B: bytes },
            yes: { BOOL: false },
            nothing: { NULL: true },
            ss: { SS: ['a'] },
            ns: { NS: ['1'] },
            bs: { BS: [bytes] },
            list: { L: [{ B: bytes }, { M: { deep: { B: bytes } } }] },
          },
        },
      },
      ARN,
    );

    expect(dynamodb.NewImage).toEqual({
      s: { S: '' },
      n: { N: '1.50' },
      b: { B: '/xA=' },
      yes: { BOOL: false },
      nothing: { NULL: true },
      ss: { SS: ['a'] },
      ns: { NS: ['1'] },
      bs: { BS: ['/xA='] },
      list: { L: [{ B: '/xA=' }, { M: { deep: { B: '/xA=' } } }] },
    });
  });

  it('leaves out what the record does not have', () => {
    const record = toLambdaRecord({ eventName: 'REMOVE', dynamodb: { SequenceNumber: '1' } }, ARN);

    expect(Object.keys(record)).not.toContain('userIdentity');
    expect(Object.keys(record.dynamodb)).not.toContain('NewImage');
  });

  it('refuses a record without a sequence number, which could never be checkpointed', () => {
    expect(() => toLambdaRecord({ eventID: 'e1', dynamodb: {} }, ARN)).toThrow('Record "e1"');
  });
});
