import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { analytics } from './fixture';

describe('by default', () => {
  const alerts = new RecordedAlerts();
  const { stack } = analytics({ alerts });

  test('three packs and the strict validator have nothing to say', () => {
    expect(nagFindings(stack)).toEqual([]);
    expect(strictFindings(stack)).toEqual([]);
  });
});
