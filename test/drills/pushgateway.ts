import type { Drill } from './shared/drill.ts';
import { stoppedService } from './shared/stopped-service.ts';

export const drills: readonly Drill[] = [
  stoppedService('PushgatewayDown', 'pushgateway', 'Pushgateway stopped', { severity: 'warning', down: false }),
];
