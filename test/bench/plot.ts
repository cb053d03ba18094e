import * as echarts from 'echarts';
import type { BenchmarkRow } from './benchmark';
import { type BenchResults, described } from './results';

const WIDTH = 900;
const ROW = 44;
const TEXT = '#24292f';
const FONT = 'Helvetica, Arial, sans-serif';

/** How far beyond its goal each ratio is: 1 reaches it exactly, 2 is twice as good. */
function lead({ ours, reference, goal }: BenchmarkRow): number {
  const ratio = ours / reference;
  return 'atLeast' in goal ? ratio / goal.atLeast : goal.atMost / ratio;
}

/** The ratios of a run against their goals, as SVG. */
export function plot({ when, machine, rows }: BenchResults): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: 110 + ROW * rows.length });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: TEXT },
    title: {
      text: 'How many times better than the goal',
      subtext: `${when}, ${machine}`,
      left: 20,
      top: 12,
      textStyle: { fontSize: 16, fontFamily: FONT, color: TEXT },
    },
    grid: { left: 400, right: 130, top: 75, bottom: 30 },
    xAxis: {
      type: 'log',
      min: Math.min(0.5, ...rows.map(lead)),
      axisLabel: { color: TEXT, formatter: (n: number) => `${Number(n.toPrecision(2))} ×` },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ what }) => what),
      axisTick: { show: false },
      axisLabel: { color: TEXT, width: 370, overflow: 'break' },
    },
    series: [
      {
        type: 'bar',
        barWidth: 16,
        data: rows.map((row) => ({ value: lead(row), itemStyle: { color: lead(row) >= 1 ? '#4393c3' : '#cf222e' } })),
        label: {
          show: true,
          position: 'right',
          color: TEXT,
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const { ratio, goal } = described(rows[dataIndex]);
            return `${ratio}, goal ${goal}`;
          },
        },
        markLine: {
          symbol: 'none',
          silent: true,
          label: { show: false },
          lineStyle: { color: TEXT },
          data: [{ xAxis: 1 }],
        },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
