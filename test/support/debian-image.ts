import { exec } from '../../scripts/base/exec.ts';
import { importRoot } from '../../scripts/images/debian-build.ts';
import { isExpiredMirror } from '../../scripts/engine/apt.ts';
import { sh } from './sh.ts';

/** An image of Debian packages for targets. Change the tag of `name` with the packages: an image that is there is not built again. */
export interface DebianImage {
  /** `pharos-test/<name>:<number>`. */
  readonly name: string;
  readonly packages: readonly string[];
}

const MIRROR = process.env['DEBIAN_MIRROR'] ?? 'http://deb.debian.org/debian';

/** Builds that were asked for in this process: several targets of one image start side by side. */
const builds = new Map<string, Promise<string>>();

/** Builds an image unless it is there. Returns its name; throws with the end of the build's output. */
export async function debianImage(image: DebianImage): Promise<string> {
  const started = builds.get(image.name) ?? build(image);
  builds.set(image.name, started);
  return started;
}

async function build({ name, packages }: DebianImage): Promise<string> {
  if ((await sh(['docker', 'image', 'inspect', name])).code === 0) return name;
  const attempt = async (...extra: readonly string[]) =>
    importRoot(exec, ['--variant=essential', ...extra, `--include=${packages.join(',')}`, 'forky', '-', MIRROR], name);
  let built = await attempt();
  if (built.code !== 0 && isExpiredMirror(built.stderr)) built = await attempt('--aptopt=Acquire::Check-Valid-Until "false"');
  if (built.code !== 0) throw new Error(`the image ${name} could not be built: ${built.stderr.slice(-500)}`);
  return name;
}
