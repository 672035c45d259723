import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { OrderServiceStack } from './order-service-stack.js';

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  // What is in it depends on the type; a test says what it expects.
  // biome-ignore lint/suspicious/noExplicitAny: the edge where JSON becomes what a test expects
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

/** The service's stack, synthesised as `cdk synth` does it, with its bundles from source. */
export function synthesise() {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  // The rules that CDK has for every template are for the command line: they take longer than all the tests.
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'everfold-cdk-')), context });
  const stack = new OrderServiceStack(app, 'OrderService', {
    conditions: ['@everfold/source'],
    alarmEmail: 'ada@example.com',
  });
  const template = Template.fromStack(stack);
  const resources: Readonly<Record<string, Resource>> = template.toJSON().Resources;
  return { app, stack, template, resources, service: stack.service };
}

/** Resources of a type, each with its logical id. */
export function ofType(resources: Readonly<Record<string, Resource>>, type: string) {
  return Object.entries(resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties }]) => ({ id, properties: Properties }));
}
