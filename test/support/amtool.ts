import Docker from 'dockerode';
import { removeEverything, startContainer } from './cleanup.ts';
import { serviceImage } from './images.ts';
import { sh } from './sh.ts';

/** Alertmanager's image in a container that only waits, for many calls of amtool: starting a container takes longer than each of them. */
export class AmtoolContainer {
  readonly #project: string;

  private constructor(project: string) {
    this.#project = project;
  }

  /** @param folder what the container sees, read-only, as /c */
  static async start(project: string, folder: string): Promise<AmtoolContainer> {
    await removeEverything(project);
    const image = await serviceImage(new Docker(), 'alertmanager');
    const idle = ['--entrypoint', 'sleep', image, '3600'];
    await startContainer(project, `${project}-amtool`, '--network', 'none', '-v', `${folder}:/c:ro`, ...idle);
    return new AmtoolContainer(project);
  }

  /** What a shell script prints in the container, with a text on its standard input. Throws where it fails. */
  async run(script: string, input = ''): Promise<string> {
    const command = ['docker', 'exec', '-i', `${this.#project}-amtool`, 'sh', '-c', script];
    const { stdout, stderr, code } = await sh(['sh', '-c', `printf '%s' "$0" | "$@"`, input, ...command]);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }

  async destroy(): Promise<void> {
    await removeEverything(this.#project);
  }
}
