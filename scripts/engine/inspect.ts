import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';

/** Everything that the engine knows of a container; undefined if it was removed after it was listed. */
export async function inspect(docker: Docker, id: string): Promise<ContainerInspectInfo | undefined> {
  try {
    return await docker.getContainer(id).inspect();
  } catch (failure) {
    if (failure instanceof Error && 'statusCode' in failure && failure.statusCode === 404) return undefined;
    throw failure;
  }
}
