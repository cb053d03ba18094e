import { App, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { AlertSeverity, OperatorAlerts, PlatformDashboard, type PlatformDashboardProps } from '../../src/monitoring';
import { EDGE, newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';

const metric = (metricName: string, service: string) =>
  new cloudwatch.Metric({ namespace: 'Platform', metricName, dimensionsMap: { Service: service } });

/** Widgets as CloudWatch is given them, with references by name. */
// biome-ignore lint/suspicious/noExplicitAny: a dashboard is free JSON
function widgetsOf(stack: Stack): any[] {
  const [[, { Properties }]] = resourcesOf(stack, 'AWS::CloudWatch::Dashboard');
  const body = Properties.DashboardBody;
  const text =
    typeof body === 'string'
      ? body
      : body['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'ref')).join('');
  return JSON.parse(text).widgets;
}

const titlesOf = (stack: Stack) => widgetsOf(stack).map(({ properties }) => properties.title ?? properties.markdown);

function define(props?: PlatformDashboardProps): Stack {
  const stack = newStack();
  new PlatformDashboard(stack, 'Dashboard', props);
  return stack;
}

test('sections stand in the order in which an operator asks, and those without figures are left out', () => {
  const stack = define({
    costDrivers: [metric('Bytes', 'nat')],
    backups: [metric('Completed', 'backup')],
    traffic: [metric('Requests', 'api')],
  });
  expect(titlesOf(stack)).toEqual(['## Traffic', 'Requests', '## Backups', 'Completed', '## What costs', 'Bytes']);
});

test('a graph holds the metrics of one name', () => {
  const stack = define({ traffic: [metric('Requests', 'api'), metric('Latency', 'api'), metric('Requests', 'ocpi')] });
  const graphs = widgetsOf(stack).filter(({ type }) => type === 'metric');
  const onTheLeft = (metrics: unknown[][]) => metrics.filter((metric) => metric[0] === 'Platform');
  expect(graphs.map(({ properties }) => [properties.title, onTheLeft(properties.metrics).length])).toEqual([
    ['Requests', 2],
    ['Latency', 1],
  ]);
});

test('graphs show when it is night in Madrid, on an axis of its own', () => {
  const [, graph] = widgetsOf(define({ traffic: [metric('Requests', 'api')] }));
  const [night] = graph.properties.metrics.flat().filter((part: { label?: string }) => part.label?.startsWith('Night'));
  expect(night).toMatchObject({ yAxis: 'right', label: 'Night in Madrid, 00:00 to 08:00' });
  expect(graph.properties.yAxis).toEqual({ right: { min: 0, max: 1, showUnits: false } });
});

test('an expression is named by its label', () => {
  const rate = new cloudwatch.MathExpression({
    expression: '100 * e / r',
    label: 'Failed, percent',
    usingMetrics: { e: metric('Errors', 'api'), r: metric('Requests', 'api') },
  });
  expect(titlesOf(define({ errors: [rate] }))).toEqual(['## Errors', 'Failed, percent']);
});

test('a section of your own stands below the others', () => {
  const stack = newStack();
  new PlatformDashboard(stack, 'Dashboard', { traffic: [metric('Requests', 'api')] }).addSection('Roaming', [
    metric('Tokens', 'ocpi'),
  ]);
  expect(titlesOf(stack).slice(2)).toEqual(['## Roaming', 'Tokens']);
});

test('a section without metrics is refused', () => {
  expect(() => new PlatformDashboard(newStack(), 'Dashboard').addSection('Roaming', [])).toThrow(
    "[Test/Dashboard] 'metrics' of the section 'Roaming' must name at least one metric; leave the section out instead",
  );
});

describe('with alerts', () => {
  const stack = newStack();
  const alerts = new OperatorAlerts(stack, 'Alerts', { email: 'operations@example.com' });
  const alarm = (id: string, severity: AlertSeverity) =>
    alerts.addAlarm(
      new cloudwatch.Alarm(stack, id, { metric: metric(id, 'api'), threshold: 1, evaluationPeriods: 1 }),
      { severity, runbook: 'x' },
    );
  alarm('Before', AlertSeverity.HIGH);
  new PlatformDashboard(stack, 'Dashboard', { alerts });
  alarm('After', AlertSeverity.HIGH);
  alarm('Urgent', AlertSeverity.MEDIUM);

  test('the platform is healthy while no alarm of severity HIGH fires, also of those that were defined later', () => {
    const [[, { Properties }]] = resourcesOf(stack, 'AWS::CloudWatch::CompositeAlarm');
    const watched = Properties.AlarmRule['Fn::Join'][1]
      .filter((part: unknown) => typeof part === 'object')
      .map((part: { 'Fn::GetAtt': string[] }) => part['Fn::GetAtt'][0].replace(/[0-9A-F]{8}$/, ''));
    expect(watched).toEqual(
      expect.arrayContaining(['Before', 'After', 'AlertsAlarmsUndelivered', 'AlertsAlarmsNotifierFailing']),
    );
    expect(watched).not.toContain('Urgent');
    expect(Properties.AlarmActions).toBeUndefined();
  });

  test('messages link to the dashboard', () => {
    const [[, { Properties }]] = resourcesOf(stack, 'AWS::Lambda::Function');
    const [[, dashboard]] = resourcesOf(stack, 'AWS::CloudWatch::Dashboard');
    expect(Properties.Environment.Variables.DASHBOARD_URL).toBe(
      `https://eu-south-2.console.aws.amazon.com/cloudwatch/home?region=eu-south-2#dashboards/dashboard/${dashboard.Properties.DashboardName}`,
    );
  });

  test('alarms stand on top, by urgency', () => {
    expect(titlesOf(stack)).toEqual([
      'Platform healthy',
      'Charging or its protection is failing now',
      'Will fail if nobody acts today',
    ]);
  });
});

test('a dashboard may stand in another stack of the region', () => {
  const app = new App();
  const home = new Stack(app, 'Home', { env: SPAIN });
  const other = new Stack(app, 'Other', { env: SPAIN });
  const alerts = new OperatorAlerts(home, 'Alerts', { email: 'operations@example.com' });
  new PlatformDashboard(other, 'Dashboard', { alerts });
  expect(titlesOf(other)).toContain('Platform healthy');
  expect(JSON.stringify(templateOf(home))).toContain('#dashboards/dashboard/Other');
});

test('two fit into one stack', () => {
  const stack = newStack();
  new PlatformDashboard(stack, 'One', { traffic: [metric('Requests', 'api')] });
  new PlatformDashboard(stack, 'Two', { traffic: [metric('Requests', 'api')] });
  const names = resourcesOf(stack, 'AWS::CloudWatch::Dashboard').map(([, { Properties }]) => Properties.DashboardName);
  expect(new Set(names).size).toBe(2);
});

test('a dashboard of another region than its alerts is refused', () => {
  const app = new App();
  const alerts = new OperatorAlerts(new Stack(app, 'Home', { env: SPAIN }), 'Alerts', { email: 'a@example.com' });
  expect(() => new PlatformDashboard(new Stack(app, 'Edge', { env: EDGE }), 'Dashboard', { alerts })).toThrow(
    "[Edge/Dashboard] 'alerts' must be of the dashboard's own region 'us-east-1', got alerts of 'eu-south-2'; define the dashboard in a stack of 'eu-south-2'",
  );
});

test.each([
  [75, undefined],
  [
    76,
    "'alerts' may hold at most 75 alarms of severity HIGH for one composite alarm, got 76; define a second OperatorAlerts",
  ],
])('%d alarms of severity HIGH', (count, problem) => {
  const stack = newStack();
  const alerts = new OperatorAlerts(stack, 'Alerts', { email: 'a@example.com' });
  const own = 3;
  for (let index = own; index < count; index++) {
    const alarm = new cloudwatch.Alarm(stack, `A${index}`, {
      metric: metric('m', 'x'),
      threshold: 1,
      evaluationPeriods: 1,
    });
    alerts.addAlarm(alarm, { severity: AlertSeverity.HIGH, runbook: 'x' });
  }
  new PlatformDashboard(stack, 'Dashboard', { alerts });
  const synthesise = expect(() => templateOf(stack));
  problem === undefined ? synthesise.not.toThrow() : synthesise.toThrow(problem);
});
