import { App, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { OrderServiceStack } from './order-service-stack.js';

const app = new App();
const context = (key: string): unknown => app.node.tryGetContext(key);
const alarmEmail = context('alarmEmail');
const corsOrigins = context('corsOrigins');
const layerArn = context('tracingLayer');

new OrderServiceStack(app, 'OrderService', {
  description: 'An e-commerce order service on Everfold',
  ...(typeof alarmEmail === 'string' && { alarmEmail }),
  // For pages of a shop: -c corsOrigins=https://shop.example.com
  ...(typeof corsOrigins === 'string' && { corsOrigins }),
  // A layer that makes spans: -c tracingLayer=arn:aws:lambda:…
  ...(typeof layerArn === 'string' && { tracing: { layerArn } }),
  // Once for an account and Region: -c logRole=true
  makesLogRole: context('logRole') === 'true',
  // For a stack to try things on: -c keepTables=false
  removalPolicy: context('keepTables') === 'false' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
