import { beforeAll, describe, expect, it } from 'vitest';
import { mysql } from '../drills/mysql.ts';
import { nginx } from '../drills/nginx.ts';
import { debianImage } from '../support/debian-image.ts';
import { watchTargets } from '../drills/shared/watch.ts';
import { startContainer } from '../support/cleanup.ts';
import { eventually, sh, type E2eStack } from '../support/e2e-stack.ts';

const DATABASE = mysql('my-e2e');
const WEB = nginx('web-e2e');

/** The modules mysql and nginx, in a stack that is on the shop's network already. */
export function serverChecks(stack: () => E2eStack): void {
  const container = (name: string): string => `${stack().project}-${name}`;

  describe('a MariaDB and an nginx', () => {
    beforeAll(async () => {
      for (const { name, image, command = '' } of [DATABASE, WEB]) {
        const network = ['--network', container('shop'), '--network-alias', name];
        const program = [image === undefined ? '' : await debianImage(image), 'bash', '-c', command];
        await startContainer(stack().project, container(name), ...network, ...program);
      }
      const user = async (): Promise<boolean> => (await sh(['docker', 'exec', container('my-e2e'), 'test', '-e', '/tmp/done'])).code === 0;
      await eventually('MariaDB has its user', 90, user);
      watchTargets(stack(), [DATABASE, WEB]);
      const modules = /^MODULES='?([\w,]+)/m.exec(stack().read('.env'))?.[1] ?? '';
      stack().set({ MODULES: `${modules},mysql,nginx` });
    }, 600_000);

    it('are watched under their names', async () => {
      const { code, stdout, stderr } = await stack().run('up', '--yes');
      expect(code, stdout + stderr).toBe(0);
      for (const [metric, name] of [
        ['mysql_up', 'my-e2e'],
        ['nginx_up', 'web-e2e'],
      ] as const)
        expect((await stack().prometheus.query(metric)).map(({ labels, value }) => [labels['instance'], value])).toEqual([[name, 1]]);
    });

    it('that refuse their exporters are named, with the SQL and the page that repair it', async () => {
      stack().write('secrets/mysql_my-e2e_password', 'wrong$pass`#;x');
      stack().set({ NGINX_INSTANCES: 'web-e2e=http://web-e2e/nothing' });
      const { code, stderr } = await stack().run('up', '--yes');
      expect(code, stderr).toBe(1);
      expect(stderr).toMatch(/mysql my-e2e: refuses pharos_monitor \(.*Access denied/);
      expect(stderr).toContain("ALTER USER 'pharos_monitor'@'%' IDENTIFIED BY");
      expect(stderr).toContain('nginx web-e2e: has no stub_status page at /nothing');
      expect(stderr).toContain('location = /nothing { stub_status;');
    });

    it('let the exporter in with a password of odd characters', async () => {
      const sql = "ALTER USER pharos_monitor@'%' IDENTIFIED BY 'wrong$pass`#;x'";
      expect((await sh(['docker', 'exec', container('my-e2e'), 'mariadb', '-e', sql])).stderr).toBe('');
      stack().set({ NGINX_INSTANCES: 'web-e2e=http://web-e2e/stub_status' });
      const { code, stdout, stderr } = await stack().run('up', '--yes');
      expect(code, stdout + stderr).toBe(0);
    });
  });
}
