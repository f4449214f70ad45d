import { stateOf, usageOf } from './background/containers.ts';
import { added, are, between, since, weekEvent } from './shared/event.ts';
import { plannedStop } from './shared/happenings.ts';
import { TARGETS } from './shared/targets.ts';

const NUMBERS = [2, 3];

/** `docker compose up -d --scale worker=3`, and back to one after ten minutes. The removed ones are shown as such for five minutes. */
export default weekEvent({
  title: 'a container that is scaled up and down',
  lasts: '45m',
  every: '30s',
  real: async ({ start, docker, after }) => {
    const ofWorker = ['com.docker.compose.project=shop', 'com.docker.compose.service=worker'].flatMap((label) => ['--label', label]);
    for (const number of NUMBERS) await start({ name: `worker-${number}`, command: 'exec sleep infinity', options: ofWorker });
    await after(180);
    for (const number of NUMBERS) {
      await docker('stop -t 1', `worker-${number}`);
      await docker('rm', `worker-${number}`);
    }
  },
  happenings: [
    ...NUMBERS.flatMap((number) => {
      const name = `shop-worker-${number}`;
      return [
        between('1m', '11m', added(TARGETS.cadvisor, usageOf('worker', `/docker/worker-${number}`, name))),
        between('1m', '16m', added(TARGETS.containers, stateOf('worker', name))),
        since('11m', are({ [`docker_container_state{name="${name}", state="running"}`]: 0 })),
        between('11m', '16m', added(TARGETS.containers, { [`docker_container_state{name="${name}", state="removed"}`]: 1 })),
      ];
    }),
    since('11m', plannedStop('worker', '11m')),
  ],
});
