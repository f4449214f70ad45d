import type Docker from 'dockerode';

/** Where containerd listens for Docker's packages on Linux. */
const SOCKET = '/run/containerd/containerd.sock';

/** containerd's socket if the engine keeps its images in containerd's store (the default of fresh installations from Docker 29 on); undefined elsewhere. */
export async function containerdSocket(docker: Docker): Promise<string | undefined> {
  const { DriverStatus = [] } = (await docker.info()) as { DriverStatus?: readonly (readonly [string, string])[] };
  return DriverStatus.some(([key, value]) => key === 'driver-type' && value.startsWith('io.containerd.snapshotter')) ? SOCKET : undefined;
}
