import { EverfoldError } from '@everfold/core';

/** The exceptions with which EventBridge Scheduler answers, and their HTTP statuses. */
const STATUS = {
  ConflictException: 409,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  ValidationException: 400,
} as const;

/** A request that EventBridge Scheduler would refuse. */
export class SchedulerRefusedError extends EverfoldError<'SCHEDULER_REFUSED'> {
  /** The name under which the AWS SDK throws this. */
  readonly type: keyof typeof STATUS;

  /** @param message - In the words of AWS, where they are known. */
  constructor(type: keyof typeof STATUS, message: string, options?: ErrorOptions) {
    super('SCHEDULER_REFUSED', message, options);
    this.type = type;
  }

  /** Of the HTTP answer. */
  get status(): number {
    return STATUS[this.type];
  }
}
