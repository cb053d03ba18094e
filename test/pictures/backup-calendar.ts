import * as echarts from 'echarts';
import { type Night, nightsOf, rulesOf } from '../backup/calendar';
import { define } from '../backup/fixture';

const YEAR = 2026;
const WIDTH = 1000;
const HEIGHT = 620;
const MARGIN = 90;
const TEXT = '#24292f';
const LINES = '#d0d7de';
const FONT = 'Helvetica, Arial, sans-serif';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Life {
  readonly name: string;
  readonly days: number;
  readonly color: string;
}

/** Told apart without colours too: from light to dark. */
const LIVES: Life[] = [
  { name: '30 days', days: 30, color: '#b6d7f2' },
  { name: '366 days', days: 366, color: '#4393c3' },
  { name: '1,827 days', days: 1827, color: '#123a63' },
];

/** Which recovery points the policy makes in a year, and until when each of them lives, as SVG. */
export function backupCalendar(): string {
  const nights = nightsOf(rulesOf(define().stack), YEAR);
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    useUTC: true,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: TEXT },
    title: [
      heading(`A recovery point at 03:00 of every day of ${YEAR}, by how long it is kept`, 12),
      heading('Until when it is there: the 1st of each month, and 31 December as every other day', 300),
    ],
    legend: { top: 38, left: MARGIN, itemGap: 24, selectedMode: false, data: LIVES.map(({ name }) => name) },
    calendar: yearCalendar(),
    grid: { top: 350, left: MARGIN, right: 40, bottom: 40 },
    xAxis: {
      type: 'time',
      min: Date.UTC(YEAR, 0),
      max: Date.UTC(YEAR + 6, 0),
      axisLabel: { formatter: '{yyyy}', color: TEXT },
      splitLine: { show: true, lineStyle: { color: LINES } },
    },
    yAxis: { type: 'category', inverse: true, data: shown(nights).map(label), axisLabel: { color: TEXT } },
    series: [...LIVES.map((life) => heatOf(life, nights)), ...LIVES.map((life) => barsOf(life, shown(nights)))],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return renumbered(svg);
}

/** The library numbers through all charts of the process: each id gets the number of its first place in this one. */
function renumbered(svg: string): string {
  const ids = [...new Set(svg.match(/zr\d+-\w+-?\d+/g))];
  return svg.replaceAll(/zr\d+-\w+-?\d+/g, (id) => `calendar-${ids.indexOf(id)}`);
}

function heading(text: string, top: number) {
  return { text, top, left: MARGIN - 5, textStyle: { fontSize: 16, fontFamily: FONT, color: TEXT } };
}

function yearCalendar() {
  return {
    top: 100,
    left: MARGIN,
    right: 40,
    cellSize: ['auto', 22],
    range: String(YEAR),
    splitLine: { lineStyle: { color: TEXT, width: 1 } },
    itemStyle: { borderColor: '#ffffff', borderWidth: 2 },
    dayLabel: { firstDay: 1, nameMap: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'], color: TEXT },
    monthLabel: { nameMap: MONTHS, color: TEXT },
    yearLabel: { show: false },
  };
}

/** The days of a year whose point lives so long. */
function heatOf({ name, days, color }: Life, nights: Night[]) {
  return {
    name,
    type: 'scatter',
    coordinateSystem: 'calendar',
    symbol: 'rect',
    symbolSize: [14, 18],
    itemStyle: { color, opacity: 1 },
    data: nights.filter(({ keptDays }) => keptDays === days).map(({ date }) => [date, days]),
  };
}

/** The points of the 1st of each month, and the last of the year for all the others. */
function shown(nights: Night[]): Night[] {
  return nights.filter(({ date }, index) => date.endsWith('-01') || index === nights.length - 1);
}

function label({ date }: Night): string {
  return `${Number(date.slice(8))} ${MONTHS[Number(date.slice(5, 7)) - 1]}`;
}

/** A bar from each night to the day on which its point goes, with the date beside it. */
function barsOf({ name, days, color }: Life, nights: Night[]) {
  const lines = nights.filter(({ keptDays }) => keptDays === days);
  return {
    name,
    type: 'custom',
    itemStyle: { color },
    encode: { x: [1, 2], y: 0 },
    data: lines.map((night) => [nights.indexOf(night), Date.parse(night.date), Date.parse(night.expires)]),
    renderItem: ({ dataIndex }: { dataIndex: number }, api: echarts.CustomSeriesRenderItemAPI) => {
      const [from, row] = api.coord([api.value(1), api.value(0)]);
      const [to] = api.coord([api.value(2), api.value(0)]);
      const text = {
        text: lines[dataIndex].expires,
        x: to + 6,
        y: row - 5,
        fontSize: 11,
        fontFamily: FONT,
        fill: TEXT,
      };
      return {
        type: 'group',
        children: [
          { type: 'rect', shape: { x: from, y: row - 5, width: to - from, height: 10 }, style: { fill: color } },
          { type: 'text', style: text },
        ],
      };
    },
  };
}
