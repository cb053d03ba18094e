import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AcceptVpcPeeringConnectionCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeVpcPeeringConnectionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { handler } from '../../src/network/peering-dns.lambda';
import { describeWith, MOTO } from '../support/engines';
import { MotoServer } from '../support/moto';

/** CloudFormation's end: it keeps the answers that it is given. */
class Answers {
  public readonly given: Record<string, string>[] = [];
  public status = 200;
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      this.given.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(this.status).end();
    });
  });

  public async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describeWith([MOTO], 'DNS resolution against moto', () => {
  const answers = new Answers();
  const lines: string[] = [];
  let moto: MotoServer;
  let ec2: EC2Client;
  let peeringId: string;
  let ResponseURL: string;

  beforeAll(async () => {
    moto = await MotoServer.start();
    ResponseURL = await answers.start();
    Object.assign(process.env, {
      ...moto.environment,
    });
    ec2 = new EC2Client(moto.config);
    const vpc = async (CidrBlock: string) => (await ec2.send(new CreateVpcCommand({ CidrBlock }))).Vpc?.VpcId;
    const ends = { VpcId: await vpc('10.20.0.0/16'), PeerVpcId: await vpc('10.30.0.0/16') };
    const created = await ec2.send(new CreateVpcPeeringConnectionCommand(ends));
    peeringId = created.VpcPeeringConnection?.VpcPeeringConnectionId as string;
    await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
  }, 60_000);
  afterAll(async () => {
    answers.stop();
    await moto.stop();
  });
  beforeEach(() => {
    answers.given.length = 0;
    answers.status = 200;
    lines.length = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterEach(() => jest.restoreAllMocks());

  const event = (RequestType: string, properties: Record<string, string> = {}) =>
    ({
      RequestType,
      ResponseURL,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Dns',
      ResourceProperties: { PeeringId: peeringId, Requester: 'true', Accepter: 'true', ...properties },
    }) as unknown as CloudFormationCustomResourceEvent;

  async function settings() {
    const { VpcPeeringConnections } = await ec2.send(new DescribeVpcPeeringConnectionsCommand({}));
    const [peering] = VpcPeeringConnections ?? [];
    return [peering.RequesterVpcInfo, peering.AccepterVpcInfo].map(
      (end) => end?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc,
    );
  }

  test('is set at the ends that are ours, and taken back', async () => {
    await handler(event('Create', { Accepter: 'false' }));
    expect(await settings()).toEqual([true, false]);
    await handler(event('Update'));
    expect(await settings()).toEqual([true, true]);
    await handler(event('Delete'));
    expect(await settings()).toEqual([false, false]);
    const answer = {
      Status: 'SUCCESS',
      PhysicalResourceId: peeringId,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Dns',
    };
    expect(answers.given).toEqual([answer, answer, answer]);
    expect(lines).toHaveLength(3);
  });

  test('tells CloudFormation what went wrong', async () => {
    await handler(event('Create', { PeeringId: 'pcx-00000000' }));
    expect(answers.given).toMatchObject([{ Status: 'FAILED', Reason: expect.stringMatching(/pcx-00000000/) }]);
    expect(JSON.parse(lines[0])).toMatchObject({ level: 'ERROR', peeringId: 'pcx-00000000', request: 'Create' });
  });

  test('lets a peering go that is gone', async () => {
    await handler(event('Delete', { PeeringId: 'pcx-00000000' }));
    expect(answers.given).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('fails when its answer is refused, so that Lambda tries again', async () => {
    answers.status = 403;
    await expect(handler(event('Update'))).rejects.toThrow('CloudFormation refused the answer with status 403');
  });
});
