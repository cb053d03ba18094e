import * as http from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { GetIPSetCommand, type Scope, WAFV2Client } from '@aws-sdk/client-wafv2';
import { SignatureV4 } from '@smithy/signature-v4';
import { CfnResource, Stack } from 'aws-cdk-lib';
import type { LocalPlatform } from '../local-platform';

export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is free JSON
  readonly body: any;
}

/** The manual API of IP access as an operator calls it, signed with IAM credentials. */
export class EntryApiClient {
  public static async of(local: LocalPlatform): Promise<EntryApiClient> {
    const api = local.platform.platform.ipAccess.node.findChild('Manual').node.findChild('Api');
    return new EntryApiClient(local, await local.physicalId(api));
  }

  private constructor(
    private readonly local: LocalPlatform,
    private readonly apiId: string,
  ) {}

  public async call(method: string, path: string, body?: unknown, signed = true): Promise<ApiAnswer> {
    const { port } = this.local.emulator;
    const [pathname, search = ''] = path.split('?');
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: `/v1${pathname}`,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: {
        host: `${this.apiId}.execute-api.localhost:${port}`,
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: text,
    };
    const { headers } = signed ? await this.signer().sign(request) : request;
    return send(port, method, `/v1${path}`, headers, text);
  }

  private signer(): SignatureV4 {
    const { credentials, region } = this.local.emulator.clientConfig('eu-south-2');
    return new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  }
}

/** `fetch` sets the Host header itself; here it names the API. */
function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | undefined,
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode as number, body: text === '' ? undefined : JSON.parse(text) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Addresses of one of the IP sets that a web ACL of the platform reads. */
export async function addressesOf(
  local: LocalPlatform,
  set: 'allowIpv4' | 'allowIpv6' | 'blockIpv4' | 'blockIpv6',
  Scope: Scope = 'REGIONAL',
): Promise<string[]> {
  const { webAcl } = Scope === 'REGIONAL' ? local.platform.platform : local.platform.edge;
  const stack = Stack.of(webAcl);
  const [logicalId] = stack.resolve(webAcl._ipSets[set].id)['Fn::GetAtt'];
  const wanted = webAcl.node
    .findAll()
    .find((child) => CfnResource.isCfnResource(child) && stack.getLogicalId(child) === logicalId) as CfnResource;
  const [Name, Id] = (await local.physicalId(wanted)).split('|');
  const client = new WAFV2Client(local.emulator.clientConfig(stack.region));
  const { IPSet } = await client.send(new GetIPSetCommand({ Name, Id, Scope }));
  return IPSet?.Addresses ?? [];
}
