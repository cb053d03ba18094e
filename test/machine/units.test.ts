import { enabledUnits, renderUnits } from '../../src/machine/units';
import { FIVE_SERVICES, machine } from './fixture';

const jobs = FIVE_SERVICES[4];

function withSchedule(changes: object) {
  return renderUnits(machine({ services: [{ ...jobs, schedules: [{ ...jobs.schedules[0], ...changes }] }] }));
}

test('the platform starts last, when everything that looks after it is on', () => {
  expect(enabledUnits(machine())).toEqual([
    'charging-platform-watch.timer',
    'charging-platform-refresh.timer',
    'charging-platform-job-invoices.timer',
    'charging-platform-lifecycle.service',
    'charging-platform.service',
  ]);
});

test('a job fires in its own zone', () => {
  const [timer] = withSchedule({ timeZone: 'Atlantic/Canary' }).filter(({ path }) => path.endsWith('invoices.timer'));
  expect(timer.content).toContain('OnCalendar=*-*-* 04:30:00 Atlantic/Canary\n');
});

test.each(['a\nb', '*;*', '{', '"', '$x', '%h', ''])('refuses the calendar event %j', (onCalendar) => {
  expect(() => withSchedule({ onCalendar })).toThrow("'calendar' must ");
});

test.each(['Europe/Madrid\n', 'Europe Madrid', '$TZ', ''])('refuses the zone %j', (timeZone) => {
  expect(() => withSchedule({ timeZone })).toThrow(
    timeZone.includes('\n')
      ? "'timeZone' must not hold line breaks"
      : `'timeZone' must be a zone of the IANA database like Europe/Madrid, got ${JSON.stringify(timeZone)}`,
  );
});

test.each(['../x', 'A', 'a b', 'a\n'])('refuses the job name %j', (name) => {
  expect(() => withSchedule({ name })).toThrow("'name' must ");
});
