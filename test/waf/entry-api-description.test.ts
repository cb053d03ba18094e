import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describeEntryApi } from '../../src/waf/entry-api-description';
import { OPERATIONS } from '../../src/waf/entry-api-model';
import { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { WafIpAccess } from '../../src/waf/waf-ip-access';
import { newStack, resourcesOf } from '../support/stacks';

// biome-ignore lint/suspicious/noExplicitAny: a description is free JSON
const description: any = describeEntryApi();
const FILE = path.join(__dirname, '..', '..', 'docs', 'ip-access.openapi.json');

test('is what stands in the documentation; UPDATE_GOLDEN=1 writes it anew', () => {
  const text = `${JSON.stringify(description, undefined, 2)}\n`;
  if (process.env.UPDATE_GOLDEN) {
    fs.writeFileSync(FILE, text);
  }
  expect(fs.readFileSync(FILE, 'utf8')).toBe(text);
});

// The validator is an ES module, which jest does not load; its own program is.
test('is valid OpenAPI', () => {
  const package_ = path.dirname(require.resolve('@seriousme/openapi-schema-validator/package.json'));
  const cli = path.join(package_, 'bin', 'validate-api-cli.js');
  expect(spawnSync(process.execPath, [cli, FILE], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(10);
  for (const [, name] of references) {
    expect(description.components.schemas).toHaveProperty(name);
  }
});

test('the deployed API has these operations, all with IAM, and no other', () => {
  const stack = newStack();
  new WafIpAccess(stack, 'IpAccess', { webAcls: [new PlatformWebAcl(stack, 'WebAcl')] });
  const parts = Object.fromEntries(
    resourcesOf(stack, 'AWS::ApiGateway::Resource').map(([id, { Properties }]) => [id, Properties]),
  );
  const pathOf = (id: string): string => (parts[id] ? `${pathOf(parts[id].ParentId.Ref)}/${parts[id].PathPart}` : '');
  const methods = resourcesOf(stack, 'AWS::ApiGateway::Method').map(([, { Properties }]) => Properties);
  expect(methods.map(({ OperationName }) => OperationName).sort()).toEqual(OPERATIONS.map(({ id }) => id).sort());
  for (const method of methods) {
    const path = pathOf(method.ResourceId.Ref);
    expect(description.paths[path][method.HttpMethod.toLowerCase()].operationId).toBe(method.OperationName);
    expect(method.AuthorizationType).toBe('AWS_IAM');
    expect(method.RequestValidatorId).toBeDefined();
  }
  const [[, model]] = resourcesOf(stack, 'AWS::ApiGateway::Model');
  const { reason } = model.Properties.Schema.properties;
  expect(model.Properties.Schema).toMatchObject({ additionalProperties: false, type: 'object' });
  expect(reason).toEqual({ type: 'string', minLength: 3, maxLength: 200 });
});
