import { Duration, Lazy, Names, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { AlertSeverity } from './api';
import { madridNight } from './madrid-night';
import type { OperatorAlerts } from './operator-alerts';

/** Properties of `PlatformDashboard`: what the constructs of the library say about themselves by their `metricX()` methods. */
export interface PlatformDashboardProps {
  /**
   * Whose alarms are shown, and whose messages link to the dashboard.
   * @default - no alarms are shown, and there is no alarm "platform healthy"
   */
  readonly alerts?: OperatorAlerts;
  /**
   * Requests, bytes and response times: `fleet.metricRequests('api')`, `distribution.metricRequests()`.
   * @default - the section is left out
   */
  readonly traffic?: cloudwatch.IMetric[];
  /**
   * Connections that charge points hold: `fleet.metricChargePointConnections()`.
   * @default - the section is left out
   */
  readonly chargePoints?: cloudwatch.IMetric[];
  /**
   * What failed: `fleet.metricLoadBalancerErrors()`, `fleet.metricServiceErrors('api')`.
   * @default - the section is left out
   */
  readonly errors?: cloudwatch.IMetric[];
  /**
   * Load and room of the database: `database.metricCpuUtilization()`, `database.metricDatabaseConnections()`.
   * @default - the section is left out
   */
  readonly database?: cloudwatch.IMetric[];
  /**
   * What the web ACLs let pass and stopped.
   * @default - the section is left out
   */
  readonly firewall?: cloudwatch.IMetric[];
  /**
   * Recovery points made and missed: `backup.metricJobsCompleted()`, `backup.metricJobsFailed()`.
   * @default - the section is left out
   */
  readonly backups?: cloudwatch.IMetric[];
  /**
   * What the bill grows with: machines, bytes through NAT gateways, requests of the CDN.
   * @default - the section is left out
   */
  readonly costDrivers?: cloudwatch.IMetric[];
}

/** Titles of the sections in the order in which an operator asks: is it used, does it work, is it safe, what does it cost. */
const SECTIONS = [
  ['traffic', 'Traffic'],
  ['chargePoints', 'Charge points'],
  ['errors', 'Errors'],
  ['database', 'Database'],
  ['firewall', 'Web application firewall'],
  ['backups', 'Backups'],
  ['costDrivers', 'What costs'],
] as const;

/** Of a row that is 24 units wide. */
const GRAPH = { width: 8, height: 6 };
/** Alarms that one composite alarm may watch: its rule holds 10,240 characters, an alarm takes up to 130 of them. */
const WATCHED_AT_MOST = 75;

/**
 * The platform on one page, and one alarm that says whether all is well.
 *
 * A graph holds the metrics of one name, so that figures of different units never share an axis, and shows when it is night in
 * Madrid, whatever zone the console tells the time in. Metrics of other regions are
 * shown as they are; alarms are those of the region of `alerts`.
 *
 * Removal: nothing else is lost.
 */
export class PlatformDashboard extends Construct {
  /** The CDK's own construct, for widgets of your own. */
  public readonly dashboard: cloudwatch.Dashboard;
  /** Is in alarm while any alarm of severity HIGH is. It tells nobody: those alarms do. Undefined without `alerts`. */
  public readonly platformHealthy?: cloudwatch.CompositeAlarm;

  constructor(scope: Construct, id: string, props: PlatformDashboardProps = {}) {
    super(scope, id);
    pinFeatureFlags(this);
    validateRegion(this, props.alerts);
    // Named here, not by CloudFormation: the notifier links to the dashboard, which shows alarms about the notifier.
    const dashboardName = Names.uniqueResourceName(this, { maxLength: 200, separator: '-' });
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', { dashboardName, defaultInterval: Duration.days(1) });
    if (props.alerts) {
      this.platformHealthy = this.defineHealth(props.alerts);
      this.showAlarms(props.alerts, this.platformHealthy);
      this.linkFrom(props.alerts, dashboardName);
    }
    for (const [name, title] of SECTIONS) {
      const metrics = props[name] ?? [];
      if (metrics.length > 0) {
        this.addSection(title, metrics);
      }
    }
  }

  /** Adds a section below the others, with a graph for each name of a metric. */
  public addSection(title: string, metrics: cloudwatch.IMetric[]): void {
    if (metrics.length === 0) {
      throw invalid(
        this,
        `'metrics' of the section '${title}' must name at least one metric; leave the section out instead`,
      );
    }
    this.dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: `## ${title}`, width: 24, height: 1 }));
    this.dashboard.addWidgets(...[...byName(metrics)].map(([name, left]) => graph(name, left)));
  }

  private defineHealth(alerts: OperatorAlerts): cloudwatch.CompositeAlarm {
    // Alarms that are defined after the dashboard count too.
    const alarmRule = {
      renderAlarmRule: () => Lazy.string({ produce: () => this.anyOf(alerts._alarmsOf(AlertSeverity.HIGH)) }),
    };
    return new cloudwatch.CompositeAlarm(this, 'PlatformHealthy', {
      alarmRule,
      alarmDescription: 'The platform is not healthy: an alarm of severity HIGH is firing',
    });
  }

  private anyOf(alarms: readonly cloudwatch.IAlarm[]): string {
    if (alarms.length > WATCHED_AT_MOST) {
      throw invalid(
        this,
        `'alerts' may hold at most ${WATCHED_AT_MOST} alarms of severity HIGH for one composite alarm, got ${alarms.length}; define a second OperatorAlerts`,
      );
    }
    const rule = alarms.length > 0 ? cloudwatch.AlarmRule.anyOf(...alarms) : cloudwatch.AlarmRule.fromBoolean(false);
    return rule.renderAlarmRule();
  }

  private showAlarms(alerts: OperatorAlerts, health: cloudwatch.CompositeAlarm): void {
    const status = (title: string, alarms: cloudwatch.IAlarm[], height: number) =>
      new cloudwatch.AlarmStatusWidget({ title, alarms, width: 24, height });
    this.dashboard.addWidgets(
      status('Platform healthy', [health], 2),
      status('Charging or its protection is failing now', alerts._alarmsOf(AlertSeverity.HIGH), 4),
      status('Will fail if nobody acts today', alerts._alarmsOf(AlertSeverity.MEDIUM), 4),
    );
  }

  private linkFrom(alerts: OperatorAlerts, name: string): void {
    const { region } = Stack.of(this);
    alerts._linkTo(
      `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`,
    );
  }
}

/** The night in Madrid stands on the right axis of what has a time of its own; expressions may have none. */
function graph(title: string, left: cloudwatch.IMetric[]): cloudwatch.GraphWidget {
  const timed = left.find((metric) => metric.toMetricConfig().metricStat);
  const night = timed && { right: [madridNight(timed)], rightYAxis: { min: 0, max: 1, showUnits: false } };
  return new cloudwatch.GraphWidget({ ...GRAPH, title, left, ...night });
}

function validateRegion(scope: Construct, alerts: OperatorAlerts | undefined): void {
  const { region } = Stack.of(scope);
  if (alerts && !Token.isUnresolved(region) && !Token.isUnresolved(alerts.region) && region !== alerts.region) {
    throw invalid(
      scope,
      `'alerts' must be of the dashboard's own region '${region}', got alerts of '${alerts.region}'; define the dashboard in a stack of '${alerts.region}'`,
    );
  }
}

function byName(metrics: readonly cloudwatch.IMetric[]): Map<string, cloudwatch.IMetric[]> {
  const groups = new Map<string, cloudwatch.IMetric[]>();
  for (const metric of metrics) {
    const { metricStat, mathExpression } = metric.toMetricConfig();
    const name =
      metricStat?.metricName ?? metric.toMetricConfig().renderingProperties?.label ?? mathExpression?.expression;
    groups.set(String(name), [...(groups.get(String(name)) ?? []), metric]);
  }
  return groups;
}
